"""How far each gap has come on its way to an answer, as far as one reader may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gaps.models import Gap
from trials.models import Protocol, Sizing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from gaps.models import Passage


@dataclass(frozen=True)
class Progress:
    """A gap, with the protocol that has taken it furthest and its latest sizing, where there are such that the reader may see."""

    gap: Gap
    protocol: Protocol | None = None
    sizing: Sizing | None = None

    @property
    def passage(self) -> Passage | None:
        return next(iter(self.gap.passages.all()), None)

    def needs(self) -> str:
        """What comes next, in a few words."""
        if self.gap.status == Gap.Status.DRAFT and (missing := self.gap.missing()):
            return _("Complete it: {first}").format(first=missing[0])
        if self.protocol is None:
            return _("A protocol")
        if missing := self.protocol.missing():
            return ngettext("{n} thing for {uid}", "{n} things for {uid}", len(missing)).format(n=len(missing), uid=self.protocol.uid)
        if self.sizing is None:
            return _("A saved sizing of {uid}").format(uid=self.protocol.uid)
        if self.gap.status == Gap.Status.PROPOSED:
            return _("Verification by a second reader")
        return _("A second reader for {uid}").format(uid=self.protocol.uid)


def progress_of_gaps(user: User | AnonymousUser) -> list[Progress]:
    """Every gap in scope that this reader may see, those that have come furthest first, then by identifier."""
    protocols = Protocol.objects.visible_to(user).in_scope().with_parts().order_by("uid")
    answered = Sizing.objects.filter(question__protocol__in=protocols, question__is_primary=True).exclude(answer__n_evaluable=None)
    sizings = {
        row.question.protocol_id: row
        for row in answered.select_related("question").defer("snapshot", "exploration").order_by("created_at", "pk")
    }

    furthest: dict[int, Progress] = {}
    for protocol in protocols:
        for gap in protocol.gaps.all():
            if gap.pk not in furthest or (protocol.pk in sizings and furthest[gap.pk].sizing is None):
                furthest[gap.pk] = Progress(gap, protocol, sizings.get(protocol.pk))

    gaps = Gap.objects.visible_to(user).in_scope().for_list().for_page()
    rows = [replace(furthest[gap.pk], gap=gap) if gap.pk in furthest else Progress(gap) for gap in gaps]
    return sorted(rows, key=lambda row: (row.sizing is None, row.protocol is None, row.gap.uid))
