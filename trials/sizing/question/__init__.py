"""The questions that can be asked, one module a kind, and which of them serves which outcome."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from trials.sizing.question.base import Question as AnyQuestion
from trials.sizing.question.binary import BinarySuperiority
from trials.sizing.question.count import CountSuperiority
from trials.sizing.question.equivalence import Equivalence
from trials.sizing.question.non_inferiority import NonInferiority
from trials.sizing.question.omnibus import Omnibus
from trials.sizing.question.ordinal import OrdinalSuperiority
from trials.sizing.question.pairwise import PairwiseQuestion
from trials.sizing.question.precision import Precision
from trials.sizing.question.superiority import Superiority

__all__ = [
    "KINDS",
    "AnyQuestion",
    "BinarySuperiority",
    "CountSuperiority",
    "Equivalence",
    "NonInferiority",
    "Omnibus",
    "OrdinalSuperiority",
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
    | Annotated[BinarySuperiority, Tag("binary superiority")]
    | Annotated[OrdinalSuperiority, Tag("ordinal superiority")]
    | Annotated[CountSuperiority, Tag("count superiority")],
    Discriminator(_tag),
]

# tag -> class; a kind that other outcomes are asked in their own way carries the outcome before it: "binary superiority"
KINDS: dict[str, type[AnyQuestion]] = {
    "superiority": Superiority,
    "non_inferiority": NonInferiority,
    "equivalence": Equivalence,
    "precision": Precision,
    "omnibus": Omnibus,
    "binary superiority": BinarySuperiority,
    "ordinal superiority": OrdinalSuperiority,
    "count superiority": CountSuperiority,
}
