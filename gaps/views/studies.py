"""The list of studies, and the page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gaps.evidence.figure import Figure
from gaps.exports.study_lines import COLUMNS, study_lines
from gaps.filters.studies import StudyFilter
from gaps.models import Evidence, Gap, Study
from gaps.tables.studies import StudyTable
from ldnplanner.common.lists import Listing, answer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

LISTING = Listing(
    "study_list",
    "gaps/study_list.html",
    "gaps/_study_count.html",
    "gaps/_study_rows.html",
    COLUMNS,
    lambda studies: study_lines(studies.prefetch_related("estimates")),
    file="studies",
)


class Bearing(NamedTuple):
    """A gap that a study bears on, with each role it has for it."""

    gap: Gap
    links: list[tuple[Evidence, Figure | None]]


@login_not_required
@require_safe
def study_list(request: HttpRequest) -> HttpResponse:
    """The studies that bear on the gaps, filtered, sorted and paged; or the filtered ones as a file."""
    studies = Study.objects.for_list()

    filters = StudyFilter(request.GET, studies, request=request)
    table = StudyTable(filters.qs, order_by=request.GET.getlist("sort") or None)

    return answer(request, LISTING, filters, table)


@login_not_required
@require_safe
def study_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One study: what was done, in whom, what came out with its basis, and which gaps it bears on."""
    study = get_object_or_404(Study.objects.for_page(), slug=slug)

    figures = [Figure(estimate) for estimate in study.estimates.all()]
    context = {
        "study": study,
        "figures": figures,
        "derived": [figure for figure in figures if figure.estimate.derivation],
        "bearings": _bearings(study, request.user),
        "may_edit": getattr(request.user, "is_staff", False) and request.user.has_perm("gaps.change_study"),
    }

    return render(request, "gaps/study_detail.html", context)


def _bearings(study: Study, user: User | AnonymousUser) -> list[Bearing]:
    """The gaps of this study that a reader may see, in the order of their identifiers."""
    visible = Gap.objects.visible_to(user).filter(evidence__study=study).order_by("uid").distinct()
    bearings = {gap.pk: Bearing(gap, []) for gap in visible}
    for link in study.evidence.select_related("estimate").order_by("pk"):
        if link.gap_id in bearings:
            bearings[link.gap_id].links.append((link, Figure(link.estimate) if link.estimate else None))
    return list(bearings.values())
