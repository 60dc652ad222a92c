"""Gaps as files for other programs and other people: those of the list as it is filtered, or one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from gaps.exports import graph, markdown, nice, ris
from gaps.filters.gaps import GapFilter
from gaps.models import Gap, Source
from ldnplanner.common.download import download

if TYPE_CHECKING:
    from gaps.models.queryset import GapQuerySet

Write = Callable[["GapQuerySet", HttpRequest], str]


def _told(gaps: GapQuerySet) -> GapQuerySet:
    """With everything that a recommendation or a rationale tells."""
    return gaps.for_page().prefetch_related("evidence__study").order_by("uid")


def _sources(gaps: GapQuerySet) -> list[Source]:
    keys = list(gaps.values_list("pk", flat=True))
    cited = Q(passages__gap__in=keys) | Q(gaps__in=keys) | Q(studies__evidence__gap__in=keys)
    return list(Source.objects.filter(cited).distinct().order_by("slug"))


FORMATS: dict[str, tuple[str, str, Write]] = {
    "json": ("json", "application/json", lambda gaps, _request: graph.text_of(gaps)),
    "epicot": ("md", "text/markdown; charset=utf-8", lambda gaps, _request: markdown.recommendations(_told(gaps))),
    "nice": ("md", "text/markdown; charset=utf-8", lambda gaps, request: nice.tables(_told(gaps), request.user)),
    "ris": ("ris", "application/x-research-info-systems; charset=utf-8", lambda gaps, _request: ris.references(_sources(gaps))),
}
"""What a file is called at its end, its type, and what writes it."""


@login_not_required
@require_safe
def gap_export(request: HttpRequest, form: str) -> HttpResponse:
    """The gaps that the list shows under the same filters, as one file."""
    filters = GapFilter(request.GET, Gap.objects.visible_to(request.user), request=request)

    return _file("gaps", form, Gap.objects.filter(pk__in=filters.qs.order_by().values("pk")), request)


@login_not_required
@require_safe
def gap_file(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """One gap as a file."""
    gap = get_object_or_404(Gap.objects.visible_to(request.user), uid=uid)

    return _file(gap.uid, form, Gap.objects.filter(pk=gap.pk), request)


def _file(name: str, form: str, gaps: GapQuerySet, request: HttpRequest) -> HttpResponse:
    if form not in FORMATS:
        raise Http404(form)
    extension, content_type, write = FORMATS[form]
    filename = f"{name}-nice.{extension}" if form == "nice" else f"{name}.{extension}"
    return download(filename, content_type, write(gaps, request))
