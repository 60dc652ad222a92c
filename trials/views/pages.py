"""What every page of one protocol needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404

from trials.models import Protocol

if TYPE_CHECKING:
    from ldnplanner.common.requests import SignedInRequest


def readable(request: SignedInRequest, uid: str) -> Protocol:
    """The protocol with its parts, if this person may read it; else 404."""
    protocol: Protocol = get_object_or_404(Protocol.objects.visible_to(request.user).with_parts(), uid=uid)
    return protocol


def changeable(request: SignedInRequest, uid: str) -> Protocol:
    """The draft with its parts, if this person may change it; else 404."""
    protocol: Protocol = get_object_or_404(Protocol.objects.editable_by(request.user).with_parts(), uid=uid)
    return protocol


def around(request: SignedInRequest, protocol: Protocol, tab: str) -> dict[str, Any]:
    """The context of `protocol_base.html`: the protocol, which tab is open, and whether this person may change the draft."""
    return {
        "protocol": protocol,
        "tab": tab,
        "editable": Protocol.objects.editable_by(request.user).filter(pk=protocol.pk).exists(),
        "missing": protocol.missing(),
    }
