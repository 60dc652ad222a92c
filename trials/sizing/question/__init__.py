"""The questions that can be asked, one module a kind."""

from typing import Annotated, Any

from pydantic import Field

from trials.sizing.question.base import PairwiseQuestion
from trials.sizing.question.equivalence import Equivalence
from trials.sizing.question.non_inferiority import NonInferiority
from trials.sizing.question.omnibus import Omnibus
from trials.sizing.question.precision import Precision
from trials.sizing.question.superiority import Superiority

Question = Annotated[Superiority | NonInferiority | Equivalence | Precision | Omnibus, Field(discriminator="kind")]

KINDS: dict[str, type[Any]] = {
    "superiority": Superiority,
    "non_inferiority": NonInferiority,
    "equivalence": Equivalence,
    "precision": Precision,
    "omnibus": Omnibus,
}

__all__ = ["KINDS", "Equivalence", "NonInferiority", "Omnibus", "PairwiseQuestion", "Precision", "Question", "Superiority"]
