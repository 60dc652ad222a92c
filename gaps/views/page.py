"""What all pages of one gap share: who may read it, its head and its tabs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from gaps import status
from gaps.models import Gap


def find_gap(request: HttpRequest, uid: str) -> Gap:
    """The gap with everything that its pages tell, if this reader may see it; otherwise there is no such page."""
    return get_object_or_404(Gap.objects.visible_to(request.user).for_page(), uid=uid)


def readable(gap: Gap | None, request: HttpRequest) -> Gap | None:
    """A gap that another one points at, if this reader may see it; of a draft that is not theirs nothing is told."""
    return gap if gap is not None and gap.may_be_read_by(request.user) else None


def gap_page(request: HttpRequest, gap: Gap, template: str, context: dict[str, Any], *, code: int = 200) -> HttpResponse:
    """One page of a gap, under its head with facts and tabs."""
    may_edit = Gap.objects.editable_by(request.user).filter(pk=gap.pk).exists()
    head = {
        "gap": gap,
        "merged_into": readable(gap.merged_into, request),
        "stale": status.is_stale(gap),
        "may_edit": may_edit and getattr(request.user, "is_staff", False),
    }
    return render(request, template, head | context, status=code)
