"""The files of a protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ldnplanner.common.download import download
from trials.contents import content_of
from trials.exports import BY_NAME, EXPORTS
from trials.views.pages import around, readable

if TYPE_CHECKING:
    from django.http import HttpResponse

    from ldnplanner.common.requests import SignedInRequest


@require_safe
def protocol_exports(request: SignedInRequest, uid: str) -> HttpResponse:
    protocol = readable(request, uid)

    context = around(request, protocol, "exports") | {"exports": EXPORTS}

    return render(request, "trials/protocol_exports.html", context)


@require_safe
def protocol_file(request: SignedInRequest, uid: str, name: str) -> HttpResponse:
    protocol = readable(request, uid)
    chosen = BY_NAME.get(name)
    if chosen is None:
        raise Http404(_("A protocol is to be had as %(names)s.") % {"names": ", ".join(BY_NAME)})

    content = chosen.write(content_of(protocol))

    return download(f"{protocol.uid}-{chosen.name}.{chosen.extension}", chosen.media_type, content)
