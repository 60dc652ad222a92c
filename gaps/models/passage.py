"""Where a gap comes from: the words that raise it, and the sources that stand behind them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gaps.models.gap import Gap
from gaps.models.source import Source

MOST_QUOTED_WORDS = 40


def count_words(text: str) -> int:
    """How many words a quote has; dashes and the dots of an omission are none."""
    return sum(1 for piece in text.split() if re.search(r"\w", piece))


def short_quote(text: str) -> None:
    """Refuse a quote that is longer than a quote should be."""
    words = count_words(text)
    if words > MOST_QUOTED_WORDS:
        raise ValidationError(
            _("The quote has %(words)s words; at most %(most)s are allowed. Shorten it with … between verbatim pieces."),
            code="long_quote",
            params={"words": words, "most": MOST_QUOTED_WORDS},
        )


class PassageQuerySet(models.QuerySet["Passage"]):
    """Passages by what identifies them in a fixture."""

    def get_by_natural_key(self, gap: str, source: str, quote: str) -> Passage:
        return self.get(gap__uid=gap, source__slug=source, quote=quote)


class Passage(models.Model):
    """The words of a source that raise a gap, quoted, with the place where they stand."""

    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="passages", on_delete=models.CASCADE)
    source = models.ForeignKey(Source, verbose_name=_("source"), related_name="passages", on_delete=models.PROTECT)
    quote = models.CharField(
        _("quote"),
        max_length=500,
        validators=[short_quote],
        help_text=_("Word for word, at most 40 words, without quotation marks; … where words are left out."),
    )
    locator = models.CharField(_("place"), max_length=100, help_text=_("Where to look, such as paragraph 7, sentence 3."))

    objects = PassageQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("gap", "source", "quote"), name="passage_once_a_gap", violation_error_message=_("This gap already has this quote.")
            ),
            models.CheckConstraint(
                condition=~Q(quote=""), name="passage_has_a_quote", violation_error_message=_("A passage needs its quote.")
            ),
            models.CheckConstraint(
                condition=~Q(locator=""), name="passage_has_a_place", violation_error_message=_("Say where the quote stands.")
            ),
        )

    def __str__(self) -> str:
        return f"“{self.quote}” ({self.locator})"

    def natural_key(self) -> tuple[str, str, str]:
        return (self.gap.uid, self.source.slug, self.quote)

    natural_key.dependencies = ["gaps.gap", "gaps.source"]  # type: ignore[attr-defined]


class GapSourceQuerySet(models.QuerySet["GapSource"]):
    """Sources of gaps by what identifies them in a fixture."""

    def get_by_natural_key(self, gap: str, source: str) -> GapSource:
        return self.get(gap__uid=gap, source__slug=source)


class GapSource(models.Model):
    """A source that bears on a gap, with what it says about it."""

    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="source_links", on_delete=models.CASCADE)
    source = models.ForeignKey(Source, verbose_name=_("source"), related_name="gap_links", on_delete=models.PROTECT)
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("What it says, or where the passage cites it."))

    objects = GapSourceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("source of the gap")
        verbose_name_plural = _("sources of the gap")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("gap", "source"), name="source_once_a_gap", violation_error_message=_("This gap already names this source.")
            ),
        )

    def __str__(self) -> str:
        return str(self.source)

    def natural_key(self) -> tuple[str, str]:
        return (self.gap.uid, self.source.slug)

    natural_key.dependencies = ["gaps.gap", "gaps.source"]  # type: ignore[attr-defined]
