"""The designs that researchers pick from, by the number of treatments; the sequences come from the engine's families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from trials.sizing.families import LETTERS, sequences_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class CommonDesign:
    """A design with a name of its own, and what speaks for it or against it."""

    name: _StrPromise
    sequences: tuple[str, ...]
    words: _StrPromise

    @property
    def text(self) -> str:
        """The sequences as they are typed."""
        return "/".join(self.sequences)

    @property
    def treatments(self) -> int:
        return len(set("".join(self.sequences)))

    def with_letters(self, letters: Sequence[str]) -> CommonDesign:
        """The same design for other letters, the first in place of A."""
        renamed = str.maketrans(dict(zip(LETTERS, letters, strict=False)))
        return CommonDesign(self.name, tuple(sequence.translate(renamed) for sequence in self.sequences), self.words)


COMMON = (
    CommonDesign(
        _("Two periods"),
        sequences_of("ab_ba"),
        _("The shortest. Carry-over cannot be told from the treatment; the washout has to rule it out."),
    ),
    CommonDesign(
        _("Three periods, replicate"),
        sequences_of("replicate", periods=3),
        _("Carry-over can be in the model at no cost, and one treatment is taken twice."),
    ),
    CommonDesign(
        _("Four periods, replicate"),
        sequences_of("replicate", periods=4),
        _("Fewest people, longest time for each. Shows who responds differently."),
    ),
    CommonDesign(
        _("Balaam’s design"),
        sequences_of("balaam"),
        _("Two periods in which carry-over can be in the model, at four times the people of AB/BA."),
    ),
    CommonDesign(
        _("Williams, three treatments"),
        sequences_of("williams", treatments=3),
        _("Six sequences; each treatment follows each other one equally often."),
    ),
    CommonDesign(
        _("Latin square, three treatments"),
        sequences_of("latin_square", treatments=3),
        _("Three sequences; costly as soon as carry-over is in the model."),
    ),
    CommonDesign(
        _("Pairs of three treatments"),
        sequences_of("incomplete", treatments=3, periods=2),
        _("Each person takes two of three; more people, two periods."),
    ),
    CommonDesign(
        _("Williams, four treatments"),
        sequences_of("williams", treatments=4),
        _("Four sequences; each treatment follows each other one once."),
    ),
    CommonDesign(
        _("Pairs of four treatments"),
        sequences_of("incomplete", treatments=4, periods=2),
        _("Each person takes two of four; many more people, two periods."),
    ),
    CommonDesign(
        _("Threes of four treatments"),
        sequences_of("incomplete", treatments=4, periods=3),
        _("Each person takes three of four, in cyclic order."),
    ),
    CommonDesign(_("Williams, five treatments"), sequences_of("williams", treatments=5), _("Ten sequences of five periods.")),
)


def common_for(letters: Sequence[str]) -> tuple[CommonDesign, ...]:
    """Those for as many treatments as there are letters, in these letters."""
    return tuple(one.with_letters(sorted(letters)) for one in COMMON if one.treatments == len(set(letters)))
