"""The questions that can be asked, one module a kind, and which of them serves which outcome."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from trials.sizing.question.base import Question as AnyQuestion
from trials.sizing.question.binary import BinarySuperiority
from trials.sizing.question.correlation import Correlation
from trials.sizing.question.count import CountSuperiority
from trials.sizing.question.dose_response_shapes import DoseResponseShapes
from trials.sizing.question.dose_trend import DoseTrend
from trials.sizing.question.equivalence import Equivalence
from trials.sizing.question.first_event import FirstEvent
from trials.sizing.question.heterogeneity import Heterogeneity
from trials.sizing.question.individual_effect import IndividualEffect
from trials.sizing.question.many_to_one import ManyToOne
from trials.sizing.question.moderator import Moderator
from trials.sizing.question.non_inferiority import NonInferiority
from trials.sizing.question.omnibus import Omnibus
from trials.sizing.question.ordinal import OrdinalSuperiority
from trials.sizing.question.pairwise import PairwiseQuestion
from trials.sizing.question.precision import Precision
from trials.sizing.question.rate_increase import RateIncrease
from trials.sizing.question.rate_precision import RatePrecision
from trials.sizing.question.rate_upper_limit import RateUpperLimit
from trials.sizing.question.superiority import Superiority
from trials.sizing.question.time_to_event import TimeToEvent
from trials.sizing.question.two_proportions import TwoProportions

__all__ = [
    "KINDS",
    "AnyQuestion",
    "BinarySuperiority",
    "Correlation",
    "CountSuperiority",
    "DoseResponseShapes",
    "DoseTrend",
    "Equivalence",
    "FirstEvent",
    "Heterogeneity",
    "IndividualEffect",
    "ManyToOne",
    "Moderator",
    "NonInferiority",
    "Omnibus",
    "OrdinalSuperiority",
    "PairwiseQuestion",
    "Precision",
    "Question",
    "RateIncrease",
    "RatePrecision",
    "RateUpperLimit",
    "Superiority",
    "TimeToEvent",
    "TwoProportions",
    "asked_of",
]


class _AskedOf(dict[str, Any]):
    """A question in plain data, with the kind of outcome that it is asked of."""

    outcome: str | None = None


def asked_of(outcome: Any, question: Any) -> Any:
    """The question in plain data, marked with the kind of its outcome, so that the class that serves both is chosen."""
    if not isinstance(question, Mapping) or getattr(outcome, "kind", "continuous") == "continuous":
        return question
    marked = _AskedOf(question)
    marked.outcome = outcome.kind
    return marked


def _tag(given: Any) -> str | None:
    if type(given) is dict:
        return given.get("kind")
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
    | Annotated[Heterogeneity, Tag("heterogeneity")]
    | Annotated[IndividualEffect, Tag("individual_effect")]
    | Annotated[FirstEvent, Tag("first_event")]
    | Annotated[RateUpperLimit, Tag("rate_upper_limit")]
    | Annotated[RatePrecision, Tag("rate_precision")]
    | Annotated[RateIncrease, Tag("rate_increase")]
    | Annotated[Moderator, Tag("moderator")]
    | Annotated[Correlation, Tag("correlation")]
    | Annotated[TwoProportions, Tag("two_proportions")]
    | Annotated[TimeToEvent, Tag("time_to_event")]
    | Annotated[DoseTrend, Tag("dose_trend")]
    | Annotated[ManyToOne, Tag("many_to_one")]
    | Annotated[DoseResponseShapes, Tag("dose_response_shapes")]
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
    "heterogeneity": Heterogeneity,
    "individual_effect": IndividualEffect,
    "first_event": FirstEvent,
    "rate_upper_limit": RateUpperLimit,
    "rate_precision": RatePrecision,
    "rate_increase": RateIncrease,
    "moderator": Moderator,
    "correlation": Correlation,
    "two_proportions": TwoProportions,
    "time_to_event": TimeToEvent,
    "dose_trend": DoseTrend,
    "many_to_one": ManyToOne,
    "dose_response_shapes": DoseResponseShapes,
    "binary superiority": BinarySuperiority,
    "ordinal superiority": OrdinalSuperiority,
    "count superiority": CountSuperiority,
}
