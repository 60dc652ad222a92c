"""One value that a question asks for: where it stands in the plan, and how a page asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
Sort = Literal[
    "number",  # in the unit beside the box
    "percent",  # typed as per cent, kept as 0–1
    "variation",  # a coefficient of variation: per cent that may pass 100
    "count",  # a whole number
    "choice",
    "flag",  # yes, or not said
    "percents",  # several shares in one box
    "interval",  # a lower and an upper end
    "letters_in_order",  # letters of the design, the first to be tested first
    "by_letter",  # a number for each treatment
    "others",  # a number for each treatment but the comparator
    "levels",  # named levels, each with its share of people and its effect
    "two_levels",  # two of these names
    "shapes",  # candidate shapes of a dose response with their parameters
    "doses",  # those of the treatments, which have their own boxes
]

# rows of the ledger, under the words by which their sources are stored
EFFECT, VARIABILITY, LOSS = "mean_difference", "within_subject_sd", "dropout_rate"
ROWS = (EFFECT, VARIABILITY, LOSS)

OUTCOME_UNIT = "<unit of the outcome>"
PAGE = "page."  # begins the path of a choice that a page needs and no plan has
DIFFERENCE_SD = "outcome.within_subject_sd.difference_sd"  # stands in the plan as a converter
LETTER_CHOICES = tuple((letter, letter) for letter in "ABCDEFGH")
Choices = tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Box:
    """One value that a question asks for.

    `path` is its place in the plan language, `column` the column of the question that holds it, where it has one of its own; all others stand in
    the question's `inputs`. `row` is the row of the ledger whose source explains it; what has none is a decision, not an assumption. `part` is the
    heading under which it stands among the advanced boxes. `example` is proposed when the box is first shown; with `units` of an outcome only for
    0–10 pain in points. `when` names choices, each with the answers for which the box is asked. Of boxes with one `alternative` one is enough.
    """

    path: str
    label: Text = ""
    sort: Sort = "number"
    unit: Text = ""
    help: Text = ""
    column: str = ""
    row: str = ""
    part: Text = ""
    is_rate: bool = False  # stands with the error rates and the power
    required: bool = True
    example: Any = None
    choices: Choices = ()
    outcomes: tuple[str, ...] = ()  # sorts of outcome that it is asked of; all where it names none
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    alternative: Text = ""
    wanted: Text = ""  # in words, what is missing while the box is empty
    least: float = 1.0  # of per cent: what is smaller is asked about, because it looks like a share of 1
    whole: bool = False  # of per cent: whether 100 can be planned
    variant: str = ""  # keeps apart what stands at one path but is said in another unit
    takes: str = ""  # a word of the engine's `analysis_takes`, or "prior", without which the box is not offered

    @property
    def name(self) -> str:
        """The name of its form field."""
        name = self.column or self.path.replace(".", "__")
        return f"{name}__{self.variant}" if self.variant else name

    @property
    def key(self) -> str:
        """The last word of its path, as the plan language says it."""
        return self.path.rpartition(".")[2]

    @property
    def is_in_plan(self) -> bool:
        return not self.path.startswith(PAGE)

    @property
    def place(self) -> str:
        """The part of the page where it stands."""
        if self.part:
            return "advanced"
        return self.row or ("rates" if self.is_rate else "question")

    def has_outcome_unit(self) -> bool:
        return self.unit == OUTCOME_UNIT

    @property
    def plan_paths(self) -> tuple[str, ...]:
        """Where the plan has what is typed into it."""
        if self.sort == "levels":
            stem = self.path.rpartition(".")[0]
            return f"{stem}.shares", f"{stem}.effects"
        return (self.path,) if self.is_in_plan else ()

    def answers(self, path: str) -> bool:
        """Whether the value at this path of a plan is typed into this box, or a part of it is."""
        return any(path == own or path.startswith(f"{own}.") for own in self.plan_paths)

    def is_asked(self, choice: Mapping[str, str]) -> bool:
        """Whether it is asked, given what was chosen; `choice` is by path."""
        return all(choice.get(path, "") in answers for path, answers in self.when)


def open_choice(usual: Text, **choices: Text) -> Choices:
    """A choice that may be left open, which says what then counts."""
    return (("", usual), *choices.items())


def on(path: str, *answers: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The condition that a choice has one of these answers."""
    return ((path, answers),)
