"""The pages that belong to no app: home, help, the account, and the choice of light or dark."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from gaps import status
from gaps.models import Gap
from gaps.models.reason import ReasonCode, ReasonLetter
from gaps.views.gap import STANDING
from ldnplanner.common.charts import trial_figure
from ldnplanner.common.charts.svg import Size
from ldnplanner.common.charts.trial_figure import SequenceRow, TrialFigure
from ldnplanner.common.display import SCHEME_COOKIE, SCHEMES
from ldnplanner.progress import progress_of_gaps
from trials.kinds import explained
from trials.models import Protocol

GAPS_ON_HOME = 8
SIZES: tuple[Size, ...] = ("wide", "narrow")
EXAMPLE = TrialFigure(
    (SequenceRow("AB"), SequenceRow("BA")), {"A": "treatment", "B": "comparator"}, run_in_days=14, period_days=42, washout_days=14
)
VERIFIED = set(status.LIVE) - {Gap.Status.DRAFT, Gap.Status.PROPOSED}
ONE_YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the site is, one question followed through, and where the gaps stand."""
    rows = progress_of_gaps(request.user)
    followed = next((row for row in rows if row.protocol or row.passage), None)

    return render(
        request,
        "home.html",
        {
            "rows": rows[:GAPS_ON_HOME],
            "followed": followed,
            "logged": len(rows),
            "verified": sum(row.gap.status in VERIFIED for row in rows),
            "drafted": sum(row.protocol is not None for row in rows),
            "sized": sum(row.sizing is not None for row in rows),
            "withdrawn": Gap.objects.visible_to(request.user).filter(status=Gap.Status.WITHDRAWN).count(),
        },
    )


@login_not_required
@require_safe
def help(request: HttpRequest) -> HttpResponse:
    """Every symbol, mark and term, how n is found, and what the tool does not do."""
    reasons = [(letter, [code for code in ReasonCode if code.value[0] == letter.value]) for letter in ReasonLetter]

    figures = [mark_safe(trial_figure.draw(EXAMPLE, size=size, prefix="help")) for size in SIZES]  # noqa: S308  # our own drawing

    standings = [(Gap(uid="", status=standing), words) for standing, words in STANDING.items()]

    return render(request, "help.html", {"reasons": reasons, "figures": figures, "questions": explained(), "standings": standings})


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, with which role, and what waits for them."""
    own = Protocol.objects.visible_to(request.user).filter(owner=request.user.pk)

    return render(
        request,
        "account.html",
        {
            "roles": request.user.groups.order_by("name"),
            "drafts": own.in_scope().count(),
            "withdrawn": own.count() - own.in_scope().count(),
        },
    )


@login_not_required
@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or as system in a cookie, and go back to where the reader was."""
    chosen = request.POST.get("scheme", "")
    back = request.POST.get("next", "")

    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = reverse("home")
    response = HttpResponseRedirect(back)
    if chosen in SCHEMES:
        response.set_cookie(SCHEME_COOKIE, chosen, max_age=ONE_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(SCHEME_COOKIE)

    return response
