"""The list of protocols, one protocol, and the page on which it is drafted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gaps.models import Estimate, Gap
from ldnplanner.common.lists import Listing, answer
from trials import planning
from trials.defaults import QUESTION
from trials.filters import ProtocolFilter
from trials.forms import Draft, WithdrawForm
from trials.forms.sequences import picked
from trials.from_register import Offered, can_take, offered
from trials.models import PlannedQuestion, Protocol, Sizing
from trials.tables import EXPORTED, ProtocolTable, export_rows
from trials.views.conformance import summary_of
from trials.views.figures import draft_context, trial_figures
from trials.views.pages import around, changeable, readable

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from ldnplanner.common.requests import SignedInRequest

LISTING = Listing(
    "protocol_list", "trials/protocol_list.html", "trials/_protocol_count.html", "trials/_protocol_rows.html", EXPORTED, export_rows
)


@require_safe
def protocol_list(request: SignedInRequest) -> HttpResponse:
    protocols = Protocol.objects.visible_to(request.user).for_list()

    filters = ProtocolFilter(request.GET, protocols, request=request)
    table = ProtocolTable(filters.qs, order_by=request.GET.getlist("sort") or None)

    return answer(request, LISTING, filters, table, any=protocols.exists())


@require_safe
def protocol_detail(request: SignedInRequest, uid: str) -> HttpResponse:
    protocol = readable(request, uid)
    sizings = Sizing.objects.filter(question__protocol=protocol).for_list()
    question = protocol.primary_question
    latest = sizings.first()

    context = around(request, protocol, "overview") | {
        "question": question,
        "assumptions": [(row, planning.in_words(row)) for row in question.assumptions()] if question else [],
        "inputs": planning.decisions(question) if question else [],
        "sizings": sizings,
        "conformance": summary_of(protocol),
        "figures": trial_figures(protocol, protocol.treatments.all(), latest.answer.get("n_randomised_per_sequence") if latest else None)
        if question is None or question.uses_sequences()
        else {},
    }

    return render(request, "trials/protocol_detail.html", context)


def protocol_add(request: SignedInRequest) -> HttpResponse:
    gap = Gap.objects.visible_to(request.user).filter(uid=request.GET.get("gap", "")).first()

    take = _named_figure(request, gap) if gap else None

    draft = Draft(_typed(request), gap=gap, take=take, to_keep=_is_to_keep(request), reader=request.user)
    if "take" in request.POST and (taken := draft.taking(request.POST["take"])):
        draft = Draft(taken, to_keep=False, reader=request.user)

    return _edit(request, draft, None)


def protocol_edit(request: SignedInRequest, uid: str) -> HttpResponse:
    protocol = changeable(request, uid)

    draft = Draft(_typed(request), protocol=protocol, to_keep=_is_to_keep(request), reader=request.user)
    if "take" in request.POST and (taken := draft.taking(request.POST["take"])):
        draft = Draft(taken, protocol=protocol, to_keep=False, reader=request.user)

    return _edit(request, draft, protocol)


def _typed(request: SignedInRequest) -> QueryDict | None:
    return picked(request.POST) if request.method == "POST" else None


def _named_figure(request: SignedInRequest, gap: Gap) -> Offered | None:
    """The figure of the register that the address names, if a new draft for the gap can take it over as it is."""
    number = request.GET.get("estimate", "")
    estimate = Estimate.objects.filter(pk=number).select_related("study", "outcome_domain").first() if number.isdecimal() else None
    offer = offered(estimate) if estimate and can_take(estimate, gap) else None
    return offer if offer and (offer.is_share or offer.unit == str(QUESTION["unit"])) else None


def _is_to_keep(request: SignedInRequest) -> bool:
    return request.POST.get("action") in {"save", "size"}


def _edit(request: SignedInRequest, draft: Draft, protocol: Protocol | None) -> HttpResponse:
    """Show the draft; keep it, or keep and size it, when that was asked and everything can be kept."""
    if _is_to_keep(request) and draft.is_valid():
        kept = draft.save(owner=request.user)
        return _size(request, kept) if request.POST["action"] == "size" else _saved(request, kept)

    context = draft_context(draft, draft.preview()) | {
        "protocol": protocol,
        "tab": "draft",
        "editable": True,
        "missing": protocol.missing() if protocol else [],
    }
    return render(request, "trials/protocol_form.html", context, status=422 if draft.errors else 200)


def _saved(request: SignedInRequest, protocol: Protocol) -> HttpResponse:
    messages.success(request, _("%(uid)s is saved.") % {"uid": protocol.uid})
    return redirect("protocol_edit", protocol.uid)


def _size(request: SignedInRequest, protocol: Protocol) -> HttpResponse:
    try:
        sizing = planning.save_sizing(PlannedQuestion.objects.get(protocol=protocol, is_primary=True), request.user)
    except planning.NotReadyError as lacking:
        messages.warning(
            request,
            _("%(uid)s is saved, but cannot be sized yet: %(lacking)s.")
            % {"uid": protocol.uid, "lacking": "; ".join(words.rstrip(".") for words in lacking.args)},
        )
        return redirect("protocol_edit", protocol.uid)
    messages.success(request, _("%(uid)s is saved.") % {"uid": sizing.uid})
    return redirect(sizing)


@require_POST
def protocol_preview(request: SignedInRequest, uid: str = "") -> HttpResponse:
    """The result beside the form, for what is typed now into a new draft or a stored one; nothing is kept."""
    protocol = changeable(request, uid) if uid else None

    draft = Draft(picked(request.POST), protocol=protocol, to_keep=False, reader=request.user)

    found = draft.preview()

    context = draft_context(draft, found) | {"picked": "pick" in request.POST}
    if found is None:
        response = render(request, "trials/_problem_live.html", context | {"live": True, "sensitivity": []})
        response.headers["HX-Retarget"] = "#result-problem"
        return response
    return render(request, "trials/_result_live.html", context)


def protocol_duplicate(request: SignedInRequest, uid: str) -> HttpResponse:
    protocol = readable(request, uid)
    if request.method != "POST":  # somebody comes back from signing in
        return redirect(protocol)

    copy = protocol.duplicate(owner=request.user)

    messages.success(request, _("%(uid)s is a copy of %(original)s, without its sizings.") % {"uid": copy.uid, "original": protocol.uid})
    return redirect("protocol_edit", copy.uid)


def protocol_withdraw(request: SignedInRequest, uid: str) -> HttpResponse:
    protocol = get_object_or_404(Protocol.objects.editable_by(request.user), uid=uid)

    form = WithdrawForm(request.POST or None, instance=protocol)

    if request.method == "POST" and form.is_valid():
        protocol.withdraw(form.cleaned_data["withdrawn_reason"], request.user)
        messages.success(request, _("%(uid)s is withdrawn. It stays readable, with its sizings.") % {"uid": protocol.uid})
        return redirect(protocol)
    return render(request, "trials/protocol_withdraw.html", {"protocol": protocol, "form": form}, status=422 if form.errors else 200)
