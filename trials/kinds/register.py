"""All kinds of question in the order of the page, and which of them the engine serves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from trials.kinds.box import Box, Text
from trials.kinds.companions import COMPANION_KINDS
from trials.kinds.comparisons import COMPARISONS
from trials.kinds.doses import DOSE_KINDS
from trials.kinds.harm import HARM_KINDS
from trials.kinds.kind import Kind
from trials.kinds.people import PEOPLE_KINDS

ALL: tuple[Kind, ...] = (*COMPARISONS, *DOSE_KINDS, *PEOPLE_KINDS, *HARM_KINDS, *COMPANION_KINDS)
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in ALL}

# sorts of outcome, by the engine's words
OUTCOMES: dict[str, Text] = {
    "additive": _("A measurement, compared by differences"),
    "log": _("A measurement, compared by ratios"),
    "binary": _("Yes or no, such as a response"),
    "ordinal": _("Ordered answers, compared by ranks"),
    "count": _("A number of events in each period"),
}


def kind_choices() -> list[tuple[str, Text]]:
    """Every kind with its label."""
    return [(kind.name, kind.label) for kind in ALL]


def outcome_choices() -> list[tuple[str, Text]]:
    """Every sort of outcome with its label."""
    return list(OUTCOMES.items())


def kind_of(name: str) -> Kind:
    """The kind of this name; superiority for a name that nobody knows."""
    return BY_NAME.get(name, COMPARISONS[0])


def offered() -> list[tuple[Text, list[tuple[str, Text]]]]:
    """What a select offers: groups of kinds that the engine serves."""
    served = [kind for kind in ALL if kind.is_served()]
    return [(str(group), [(kind.name, kind.label) for kind in kinds]) for group, kinds in groupby(served, key=lambda kind: kind.group)]


@dataclass(frozen=True)
class Explained:
    """What the help says of one kind: what it asks, of which outcomes, and what its method rests on."""

    label: Text
    words: Text
    outcomes: tuple[Text, ...]
    sources: tuple[str, ...]


def explained() -> list[tuple[Text, list[Explained]]]:
    """Every kind that the engine serves, by group."""
    served = [kind for kind in ALL if kind.is_served()]
    return [(group, [_explained(kind) for kind in kinds]) for group, kinds in groupby(served, key=lambda kind: kind.group)]


def _explained(kind: Kind) -> Explained:
    outcomes = kind.served_outcomes()
    nouns = [noun for noun in (kind.noun(outcome) for outcome in outcomes or ("",)) if noun is not None]
    return Explained(
        kind.label,
        kind.words,
        tuple(OUTCOMES[outcome] for outcome in outcomes),
        tuple(dict.fromkeys(source for noun in nouns for source in noun.references)),
    )


def home_of(name: str) -> Box | None:
    """A box of any kind whose form field, or a part of it, has this name."""
    return next((box for box in _BOXES if name == box.name or name.startswith(f"{box.name}__")), None)


def box_of(key: str) -> Box | None:
    """The first box of any kind for this word of the plan language that has a label of its own."""
    return next((box for box in _BOXES if box.path.rpartition(".")[2] == key and box.label and "{" not in str(box.label)), None)


_BOXES = tuple({box.name: box for kind in ALL for box in kind.boxes}.values())
