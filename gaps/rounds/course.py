"""The course of a priority round: it gets an address, is opened to scorers, and is closed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gaps.models import Gap, PriorityRound

MOST_GAPS = 200
ASKABLE = (Gap.Status.PROPOSED, Gap.Status.VERIFIED, Gap.Status.PRIORITISED)
RESERVED = ("new",)


def free_slug(name: str) -> str:
    """A short name for a round's address that no other has."""
    stem = slugify(name)[:50].strip("-") or "round"
    number, slug = 1, stem
    while slug in RESERVED or PriorityRound.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug


def wanted(asked: PriorityRound) -> list[str]:
    """What a draft still needs before it can be opened, in words."""
    found = []
    count = asked.gaps.count()
    if count < 2:
        found.append(_("at least two gaps to compare"))
    if count > MOST_GAPS:
        found.append(_("at most {most} gaps, not {count}").format(most=MOST_GAPS, count=count))
    found += [
        _("{gap} taken out, as it is {status}").format(gap=gap.uid, status=gap.get_status_display().lower())
        for gap in asked.gaps.exclude(status__in=ASKABLE)
    ]
    return found


@transaction.atomic
def open_round(asked: PriorityRound) -> None:
    """Let scorers vote; from now on what is asked stays as it is."""
    if asked.opened_at:
        raise ValidationError(_("“%(round)s” has been opened already."), code="opened", params={"round": asked.name})
    if needed := wanted(asked):
        message = _("“%(round)s” cannot be opened; it still needs %(wanted)s.")
        raise ValidationError(message, code="incomplete", params={"round": asked.name, "wanted": ", ".join(needed)})
    asked.opened_at = timezone.now()
    asked.full_clean()
    asked.save()


@transaction.atomic
def close_round(asked: PriorityRound) -> None:
    """Take no more votes; from now on the results are there for everybody."""
    if not asked.is_open:
        raise ValidationError(_("“%(round)s” is not open."), code="not_open", params={"round": asked.name})
    asked.closed_at = timezone.now()
    asked.full_clean()
    asked.save()
