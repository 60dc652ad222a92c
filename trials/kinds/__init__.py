"""What each kind of question asks for, as data: pages, rows and reports follow from it, and nothing here calculates.

A kind is a :class:`~trials.kinds.kind.Kind` with its boxes; a box is one value of the plan language with label, unit, help and example. What the
engine does not register is not offered, so a new kind appears on the page as soon as `trials.sizing.question.KINDS` has it.
"""

from trials.kinds.box import DIFFERENCE_SD, EFFECT, LOSS, OUTCOME_UNIT, ROWS, VARIABILITY, Box, Sort
from trials.kinds.kind import Kind
from trials.kinds.register import ALL, BY_NAME, OUTCOMES, box_of, explained, home_of, kind_choices, kind_of, offered, outcome_choices

__all__ = [
    "ALL",
    "BY_NAME",
    "DIFFERENCE_SD",
    "EFFECT",
    "LOSS",
    "OUTCOMES",
    "OUTCOME_UNIT",
    "ROWS",
    "VARIABILITY",
    "Box",
    "Kind",
    "Sort",
    "box_of",
    "explained",
    "home_of",
    "kind_choices",
    "kind_of",
    "offered",
    "outcome_choices",
]
