"""The evidence map: how much of each question is answered."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gaps.evidence_map import wording
from gaps.evidence_map.cells import draw
from gaps.evidence_map.choices import MapChoices
from gaps.evidence_map.counting import WHY_WORDS
from gaps.evidence_map.export import EXPORTED, export_rows
from gaps.evidence_map.page import detail, shown_rows
from gaps.evidence_map.register import read_register
from gaps.models import SavedView, Term
from gaps.views.saved import saved_views
from ldnplanner.common.lists import EXPORTS


@login_not_required
@require_safe
def evidence_map(request: HttpRequest) -> HttpResponse:
    """The map as the reader chose it, with the studies and gaps of one cell below; or all cells as a file."""
    terms = list(Term.objects.all())
    register = read_register(request.user, terms)

    form = MapChoices(request.GET.dict(), terms)
    chosen = form.chosen()

    drawn = draw(chosen, register, terms)
    if export := EXPORTS.get(request.GET.get("_export", "")):
        return export("evidence-map", EXPORTED, export_rows(drawn))

    query = request.GET.copy()
    for name in ("cell", "_export"):
        query.pop(name, None)
    cell = drawn.cell(request.GET.get("cell", ""))
    return render(
        request,
        "gaps/evidence_map.html",
        {
            "form": form,
            "main_fields": form.main_fields(chosen),
            "further_fields": form.further_fields(chosen),
            "chosen": chosen,
            "drawn": drawn,
            "caption": wording.caption(drawn),
            "compared": wording.compared(chosen),
            "rows": shown_rows(drawn, query.urlencode(), cell.key if cell else ""),
            "looks": wording.LOOKS.values(),
            "why_words": WHY_WORDS.values(),
            "detail": detail(cell) if cell else None,
            "query": query.urlencode(),
            "views": saved_views(SavedView.Page.EVIDENCE_MAP, request.user),
            "saved_page": SavedView.Page.EVIDENCE_MAP,
        },
    )
