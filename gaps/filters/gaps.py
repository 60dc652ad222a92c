"""Which gaps the list shows: words and facets, from the page's address, and how many each choice would show."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import django_filters
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gaps.models import CertaintyAssessment, Gap
from gaps.models.queryset import FACETS
from gaps.models.reason import ReasonLetter
from ldnplanner.common.filters import ANY, ListFilter

if TYPE_CHECKING:
    from gaps.models.queryset import GapQuerySet

NONE = "none"
OUT_OF_SCOPE = (Gap.Status.WITHDRAWN, Gap.Status.MERGED)
MOST_BY_LETTER = 2_000  # beyond, the choices by letter stand without a number, as counting them would take too long
LEVELS = [(str(level.value), level.label) for level in reversed(CertaintyAssessment.Level)]


class DoseBand(models.TextChoices):
    """Daily doses of naltrexone as the list tells them apart; a gap about a range is in each band that it touches."""

    UNDER_1 = "under_1", _("Under 1 mg")
    TO_4_5 = "1_to_4.5", _("1 to 4.5 mg")
    OVER_4_5 = "over_4.5", _("Over 4.5 mg")
    NOT_GIVEN = "none", _("No dose given")


BANDS = {DoseBand.UNDER_1: (0.0, 0.999_999), DoseBand.TO_4_5: (1.0, 4.5), DoseBand.OVER_4_5: (4.500_001, float("inf"))}


class VerificationState(models.TextChoices):
    """Whether somebody other than the author has searched, and how long ago."""

    NONE = "none", _("Not verified")
    CURRENT = "current", _("Search of the last year")
    EXPIRED = "expired", _("Search over a year old")


def _facet(label: Any, choices: list[tuple[Any, Any]], method: str | None = None) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(choices=choices, label=label, empty_label=_("Any"), method=method)


class GapFilter(ListFilter):
    """The filter bar above the list; without a status it shows the gaps in scope."""

    further = ("tier", "verification", "effect_modifier", "dose", "origin")
    further_exports = (
        ("gap_export", "json", "JSON"),
        ("gap_export", "epicot", _("Markdown (EPICOT+)")),
        ("gap_export", "nice", _("NICE rationale")),
        ("gap_export", "ris", "RIS"),
    )

    kind = _facet(_("Kind"), Gap.Kind.choices)
    reason = django_filters.ChoiceFilter(
        choices=ReasonLetter.choices, method="having_reason", label=_("Primary reason"), empty_label=_("Any, A to D")
    )
    certainty = _facet(_("Certainty"), [*LEVELS, (NONE, _("Not rated"))], "having_certainty")
    tier = _facet(_("Tier"), [*Gap.Tier.choices, (NONE, _("No tier yet"))], "having_tier")
    verification = _facet(_("Verification"), VerificationState.choices, "having_verification")
    effect_modifier = _facet(_("Effect modifier"), Gap.EffectModifier.choices)
    dose = _facet(_("Dose a day"), DoseBand.choices, "having_dose")
    origin = _facet(_("Origin"), Gap.Origin.choices)

    class Meta:
        model = Gap
        fields = ("q", "kind", "reason", "certainty", "status", "tier", "verification", "effect_modifier", "dose", "origin")

    def statuses(self) -> list[tuple[Any, Any]]:
        """Drafts are offered to those who may view gaps."""
        may_see_drafts = self.request is not None and self.request.user.has_perm("gaps.view_gap")
        return [(value, label) for value, label in super().statuses() if value != Gap.Status.DRAFT or may_see_drafts]

    def having_reason(self, queryset: GapQuerySet, _name: str, value: str) -> GapQuerySet:
        return queryset.with_primary_reason(value)

    def having_certainty(self, queryset: GapQuerySet, _name: str, value: str) -> GapQuerySet:
        return queryset.with_certainty(None if value == NONE else int(value))

    def having_tier(self, queryset: GapQuerySet, _name: str, value: str) -> GapQuerySet:
        return queryset.filter(tier="" if value == NONE else value)

    def having_verification(self, queryset: GapQuerySet, _name: str, value: str) -> GapQuerySet:
        return queryset.with_verification(value, timezone.localdate())

    def having_dose(self, queryset: GapQuerySet, _name: str, value: str) -> GapQuerySet:
        return queryset.without_dose() if value == DoseBand.NOT_GIVEN else queryset.with_dose(*BANDS[DoseBand(value)])

    # How many

    def count_choices(self) -> int:
        """Write behind each choice how many gaps it would show, where that is cheap to know; returns how many are shown now."""
        counts, shown = self._counted()
        for name in FACETS:
            total = counts[name].total()
            if name == "tier":
                counts[name][NONE] = counts[name].pop("", 0)
            if name == "status":
                counts[name][ANY] = total
                total -= sum(counts[name][status] for status in OUT_OF_SCOPE)
            self._write(name, counts[name], total)

        letters = self._narrowed(set(self.filters) - {"reason"}).primary_letters(MOST_BY_LETTER)
        if letters is not None:
            self._write("reason", letters, letters.total())
        return shown

    def _counted(self) -> tuple[dict[str, Counter[str]], int]:
        """For each facet, how many gaps of each of its values fit all that is chosen elsewhere; and how many fit everything."""
        chosen = {name: self._wanted(name) for name in FACETS}
        counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        shown = 0
        for cell, count in self._narrowed(set(self.filters) - set(FACETS)).cells():
            unfit = [name for name, value in zip(FACETS, cell, strict=True) if (wanted := chosen[name]) is not None and value not in wanted]
            if len(unfit) > 1:
                continue
            shown += 0 if unfit else count
            for name, value in zip(FACETS, cell, strict=True):
                if not unfit or unfit[0] == name:
                    counts[name][value] += count
        return counts, shown

    def _wanted(self, name: str) -> set[str] | None:
        """The values of a facet that the list shows now; none for all of them."""
        value = self.form.cleaned_data.get(name, "")
        if name == "status":
            return {str(status) for status in Gap.Status if status not in OUT_OF_SCOPE} if not value else None if value == ANY else {value}
        return {"" if value == NONE else value} if value else None

    def _write(self, name: str, counts: Counter[str], total: int) -> None:
        """Behind each choice its count; behind the empty one that of all."""
        field = self.form.fields[name]
        field.widget.choices = [(value, f"{label} ({counts[value] if value else total})") for value, label in field.choices]
