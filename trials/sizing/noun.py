"""What all nouns of a plan share: frozen, strict about keys and numbers, and errors that say where they are."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt

# a billion either way: what lies beyond is a slip of the unit, and squares of it leave the range of floating point
SMALLEST, LARGEST = 1e-9, 1e9
SMALLEST_SHARE = 1e-12  # quantiles of much smaller ones leave the range of floating point, and no trial tells them from 0
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, ge=SMALLEST, le=LARGEST)]
NotNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=LARGEST)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, ge=SMALLEST_SHARE, lt=1)]
Correlation = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=-1, lt=1)]
# 41 times the mean as an SD is a log SD of 2.7: nothing measured on people comes near it.
VariationCoefficient = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, ge=SMALLEST, le=41)]
People = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1, le=1e7)]
WholePeople = Annotated[StrictInt, Field(ge=1, le=10_000_000)]
Letter = Annotated[str, Field(pattern="^[A-Z]$")]


class Noun(BaseModel):
    """A frozen part of a plan that checks itself when made and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())

    def as_json(self) -> dict[str, Any]:
        """Plain values under the plan language's keys, without what was left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def as_json_line(self) -> str:
        """The same as one line of JSON, written by pydantic itself, which takes half the time."""
        return self.model_dump_json(by_alias=True, exclude_none=True)


class Located(ValueError):  # noqa: N818  says where, not that
    """What is wrong in a noun, each problem with the field it belongs to (relative to the noun that raised it)."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(message for _, message in problems))


def in_words(items: Any, last: str = "and") -> str:
    """'A', 'A and B', 'A, B and C'."""
    words = [str(item) for item in items]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def plain(number: float) -> str:
    """A number for a sentence: at most seven significant digits, no trailing zeros, a true minus sign."""
    text = f"{number:.7g}" if number != int(number) or abs(number) >= 1e15 else str(int(number))
    return text.replace("-", "−")
