"""A saved sizing as a report, on the page and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trials.models import Protocol, Sizing
from trials.reports.as_html import as_html
from trials.reports.compose import compose
from trials.reports.formats import BY_EXTENSION, FORMATS

if TYPE_CHECKING:
    from ldnplanner.common.requests import SignedInRequest
    from trials.models.sizing import SizingQuerySet


def _sizings(request: SignedInRequest) -> SizingQuerySet:
    return Sizing.objects.filter(question__protocol__in=Protocol.objects.visible_to(request.user)).for_list()


@require_safe
def sizing_report(request: SignedInRequest, uid: str) -> HttpResponse:
    sizing = get_object_or_404(_sizings(request), uid=uid)

    report = as_html(compose(sizing))

    return render(request, "trials/sizing_report.html", {"sizing": sizing, "report": report, "formats": FORMATS})


@require_safe
def sizing_file(request: SignedInRequest, uid: str, extension: str) -> HttpResponse:
    sizing = get_object_or_404(_sizings(request), uid=uid)
    chosen = BY_EXTENSION.get(extension)
    if chosen is None:
        raise Http404(_("A report is to be had as %(formats)s.") % {"formats": ", ".join(BY_EXTENSION)})

    content = chosen.render(compose(sizing))

    return HttpResponse(
        content, content_type=chosen.media_type, headers={"Content-Disposition": f'attachment; filename="{sizing.uid}.{chosen.extension}"'}
    )
