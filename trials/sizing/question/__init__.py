"""The questions that can be asked, one module a kind, and which of them serves which outcome."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from trials.sizing.question.base import Question as AnyQuestion
from trials.sizing.question.dose_response_shapes import DoseResponseShapes
from trials.sizing.question.dose_trend import DoseTrend
from trials.sizing.question.equivalence import Equivalence
from trials.sizing.question.many_to_one import ManyToOne
from trials.sizing.question.non_inferiority import NonInferiority
from trials.sizing.question.omnibus import Omnibus
from trials.sizing.question.pairwise import PairwiseQuestion
from trials.sizing.question.precision import Precision
from trials.sizing.question.superiority import Superiority

__all__ = [
    "KINDS",
    "AnyQuestion",
    "DoseResponseShapes",
    "DoseTrend",
    "Equivalence",
    "ManyToOne",
    "NonInferiority",
    "Omnibus",
    "PairwiseQuestion",
    "Precision",
    "Question",
    "Superiority",
    "asked_of",
]


class _AskedOf(dict[str, Any]):
    """A question in plain data, with the kind of outcome that it is asked of."""

    outcome: str | None = None


def asked_of(outcome: Any, question: Any) -> Any:
    """The question in plain data, marked with the kind of its outcome, so that the class that serves both is chosen."""
    if not isinstance(question, Mapping):
        return question
    marked = _AskedOf(question)
    marked.outcome = getattr(outcome, "kind", None)
    return marked


def _tag(given: Any) -> str | None:
    kind = given.get("kind") if isinstance(given, Mapping) else getattr(given, "kind", None)
    if not isinstance(kind, str):
        return None
    outcome = getattr(given, "outcome", None) if isinstance(given, _AskedOf) else _home(given)
    special = f"{outcome} {kind}"
    return special if special in KINDS else kind


def _home(question: Any) -> str:
    return question.outcomes[0] if isinstance(question, AnyQuestion) and question.outcomes else "continuous"


Question = Annotated[
    Annotated[Superiority, Tag("superiority")]
    | Annotated[NonInferiority, Tag("non_inferiority")]
    | Annotated[Equivalence, Tag("equivalence")]
    | Annotated[Precision, Tag("precision")]
    | Annotated[Omnibus, Tag("omnibus")]
    | Annotated[DoseTrend, Tag("dose_trend")]
    | Annotated[ManyToOne, Tag("many_to_one")]
    | Annotated[DoseResponseShapes, Tag("dose_response_shapes")],
    Discriminator(_tag),
]

# tag -> class; a kind that other outcomes are asked in their own way carries the outcome before it: "binary superiority"
KINDS: dict[str, type[AnyQuestion]] = {
    "superiority": Superiority,
    "non_inferiority": NonInferiority,
    "equivalence": Equivalence,
    "precision": Precision,
    "omnibus": Omnibus,
    "dose_trend": DoseTrend,
    "many_to_one": ManyToOne,
    "dose_response_shapes": DoseResponseShapes,
}
