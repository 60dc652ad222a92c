"""One kind of question: what it is called, what it asks, and how far the engine serves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trials.kinds.box import Box, Text
from trials.sizing.question import KINDS, AnyQuestion

CONTINUOUS = {"additive": "continuous", "log": "continuous"}  # sort of outcome -> kind of outcome, where they differ
ONLY_WHERE_TAKEN = {"test", "people", "looks", "spending", "re_estimation"}
PRIOR = "prior"
AVERAGED = (f"{PRIOR}.", "solve.target_assurance")  # paths of what a power can be averaged over


@dataclass(frozen=True)
class Kind:
    """One kind of question as a page offers it. `proposes` are values by path that it proposes in place of those of the boxes."""

    name: str
    group: Text
    label: Text
    words: Text
    boxes: tuple[Box, ...]
    outcomes: tuple[str, ...] = ("additive",)
    proposes: Mapping[str, Any] | None = None
    has_sequences: bool = True  # whether the sequences of the protocol are its design
    needs_instrument: bool = True

    def noun(self, outcome: str) -> type[AnyQuestion] | None:
        """The engine's class that answers it for this sort of outcome; none where no method serves the two."""
        kind = CONTINUOUS.get(outcome, outcome)
        found = KINDS.get(f"{kind} {self.name}") or KINDS.get(self.name)
        if found is None or (self.outcomes and kind not in found.outcomes):
            return None
        return found

    def served_outcomes(self) -> tuple[str, ...]:
        """Sorts of outcome for which the engine answers it."""
        return tuple(outcome for outcome in self.outcomes if self.noun(outcome) is not None)

    def is_served(self) -> bool:
        return bool(self.served_outcomes()) or (not self.outcomes and self.name in KINDS)

    def proposal(self, box: Box) -> Any:
        """What the box proposes when it is first shown."""
        return (self.proposes or {}).get(box.path, box.example)

    def asked(self, outcome: str, said: Callable[[Box], str]) -> list[Box]:
        """The boxes that are asked for this sort of outcome, in order; `said` tells what was chosen in a box, as text."""
        noun = self.noun(outcome)
        choice: dict[str, str] = {}
        found: list[Box] = []
        for known in self.boxes:
            box = _as_served(known, noun)
            if not _is_offered(box, outcome, noun) or not box.is_asked(choice):
                continue
            if box.sort == "choice":
                answered = said(box)
                choice[box.path] = answered if answered in dict(box.choices) else str(box.choices[0][0])
            found.append(box)
        return found


def _as_served(box: Box, noun: type[AnyQuestion] | None) -> Box:
    """The box with those of its choices that the engine serves."""
    if box.path != "solve.for" or noun is None:
        return box
    return replace(box, choices=tuple((verb, label) for verb, label in box.choices if verb in noun.verbs))


def _is_offered(box: Box, outcome: str, noun: type[AnyQuestion] | None) -> bool:
    """Whether the engine takes the box's word from this question."""
    if noun is None or (box.outcomes and outcome not in box.outcomes):
        return False
    block, _stop, word = box.path.partition(".")
    if not noun.takes_prior and (box.takes == PRIOR or box.path.startswith(AVERAGED)):
        return False
    if box.sort == "choice" and not box.choices:
        return False
    if box.takes not in {"", PRIOR, *noun.analysis_takes}:
        return False
    if block == "question":
        return word.partition(".")[0] in noun.model_fields
    return not (block == "analysis" and word.partition(".")[0] in ONLY_WHERE_TAKEN and word.partition(".")[0] not in noun.analysis_takes)
