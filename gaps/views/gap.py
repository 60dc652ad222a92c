"""A gap's own page: the question, where it comes from, why it is open."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gaps.models import Evidence, Gap
from gaps.views.page import find_gap, gap_page, readable

NEIGHBOURS = 5
STANDING = {
    Gap.Status.DRAFT: gettext_lazy("Draft: seen by its author, its owner and curators alone."),
    Gap.Status.PROPOSED: gettext_lazy("Proposed: logged in full. Nobody has verified yet that it still is a gap."),
    Gap.Status.VERIFIED: gettext_lazy("Verified: somebody else searched, and it still is a gap."),
    Gap.Status.PRIORITISED: gettext_lazy("Prioritised: it was weighed against the other gaps."),
    Gap.Status.DESIGN_LINKED: gettext_lazy("A design that takes it up is drafted and sized."),
    Gap.Status.IN_TRIAL: gettext_lazy("A registered trial is to answer it."),
    Gap.Status.PARTLY_ANSWERED: gettext_lazy("Answered in part by a published result."),
    Gap.Status.ANSWERED: gettext_lazy("Answered by a published result."),
    Gap.Status.WITHDRAWN: gettext_lazy("Withdrawn, and kept so that nobody has to ask again why."),
    Gap.Status.MERGED: gettext_lazy("Merged into another gap."),
}
"""What each status means to a reader."""


def where_it_stands(gap: Gap) -> str:
    """What its status means, in a sentence; of a draft, whether it can be proposed."""
    if gap.status == Gap.Status.DRAFT:
        return _("Draft. Before it can be proposed it needs:") if gap.missing() else _("Draft. It is complete and can be proposed.")
    return str(STANDING[Gap.Status(gap.status)])


def evidence_counts(gap: Gap) -> list[tuple[str, int]]:
    """How many studies bear on the gap in each role, in the order of the roles; roles without any are left out."""
    studies = {role: {link.study_id for link in gap.evidence.all() if link.role == role} for role in Evidence.Role}
    return [(str(role.label), len(found)) for role, found in studies.items() if found]


@login_not_required
@require_safe
def gap_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """One gap: the words that raise it, the question in parts, why it is open, and who takes it up."""
    gap = find_gap(request, uid)
    if merged_into := readable(gap.merged_into, request):
        return redirect(merged_into)

    elements = gap.epicot()
    numbers = {citation.cited_id: citation.number for passage in gap.passages.all() for citation in passage.source.citations.all()}
    protocols = getattr(gap, "protocols", None)
    kin = Gap.objects.visible_to(request.user).in_scope().filter(kind=gap.kind).exclude(pk=gap.pk)

    return gap_page(
        request,
        gap,
        "gaps/gap_detail.html",
        {
            "parts": gap.parts(),
            "particulars": gap.particulars(),
            "stands": where_it_stands(gap),
            "evidence_counts": evidence_counts(gap),
            "claims": gap.claims.all(),
            "parent": readable(gap.parent, request),
            "children": Gap.objects.visible_to(request.user).filter(parent=gap),
            "merged": gap.merged_gaps.all(),
            "elements": elements,
            "elements_given": sum(1 for element in elements if element.text),
            "missing": gap.missing(),
            "sources": [(link, numbers.get(link.source_id)) for link in gap.source_links.all()],
            "protocols": None if protocols is None else protocols.visible_to(request.user),
            "neighbours": kin[:NEIGHBOURS] if gap.kind else [],
        },
    )
