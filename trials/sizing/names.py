"""What letters, outcome and unit are called, and how numbers are written in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trials.sizing.noun import plain


@dataclass(frozen=True)
class Names:
    """What letters, outcome and unit are called; whatever is not named goes by its letter or is left out."""

    treatments: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    instrument: str = ""
    unit: str = ""

    def treatment(self, letter: str) -> str:
        return self.treatments.get(letter) or letter

    def amount(self, value: float) -> str:
        """A number with its unit."""
        shown = number(value)
        return f"{shown} {one(self.unit) if shown.lstrip('−') == '1' else self.unit}".rstrip()

    @property
    def measured(self) -> str:
        """The outcome with its instrument."""
        outcome = self.outcome or "the outcome"
        return f"{outcome} ({self.instrument})" if self.instrument else outcome


LETTERS_ONLY = Names()


def one(unit: str) -> str:
    """A unit for the number one: point, hour, percentage point; what is no plain word in the plural stays as it is."""
    words = unit.split(" ")
    for place in (0, -1):
        if (
            words[place].isalpha()
            and words[place].islower()
            and words[place].endswith("s")
            and not words[place].endswith("ss")
            and len(words[place]) > 3
        ):
            words[place] = words[place][:-1]
            return " ".join(words)
    return unit


def number(value: float) -> str:
    """Four significant digits, no trailing zeros, a true minus sign."""
    return plain(float(f"{value:.4g}"))


def percent(share: float, digits: int = 0) -> str:
    """A share as per cent: 0.9125 → 91.2 %; never rounded up to 100 or down to 0."""
    shown = f"{100 * share:.{digits}f}"
    if float(shown) in {0.0, 100.0} and 0 < share < 1:
        return "> 99.9 %" if share > 0.5 else "< 0.1 %"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown} %"
