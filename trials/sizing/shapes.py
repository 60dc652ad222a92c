"""Shapes of a dose–response curve, each scaled so that its best dose has the assumed effect."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from trials.sizing.names import number
from trials.sizing.noun import LARGEST, Located, Noun, Positive

Matrix = NDArray[np.float64]
FINE = 2_001  # doses among which the best is looked for
DRAWN = 61
# what each shape takes beside its kind
TAKES: dict[str, tuple[str, ...]] = {
    "linear": (),
    "log_linear": ("offset",),
    "emax": ("ed50",),
    "sigmoid_emax": ("ed50", "hill"),
    "quadratic": ("delta",),
    "exponential": ("delta",),
    "logistic": ("ed50", "delta"),
}


class Shape(Noun):
    """One shape; doses, `ed50` and `offset` are in mg, or whatever unit the doses have.

    Notes
    -----
    With dose d, before scaling: linear d; log_linear ln(d + offset); emax d/(ed50 + d); sigmoid_emax d^hill/(ed50^hill + d^hill);
    quadratic d + delta·d² (delta per unit of dose, below 0 for a curve that falls again); exponential exp(d/delta) − 1; logistic
    1/(1 + exp((ed50 − d)/delta)). Parametrised as in Bretz, Pinheiro & Branson 2005 and the R package DoseFinding.
    """

    kind: Literal["linear", "log_linear", "emax", "sigmoid_emax", "quadratic", "exponential", "logistic"]
    ed50: Positive | None = None
    hill: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=100)] | None = None
    offset: Positive | None = None
    delta: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-LARGEST, le=LARGEST)] | None = None

    @model_validator(mode="after")
    def _what_it_takes(self) -> Self:
        takes = TAKES[self.kind]
        given = [field for field in ("ed50", "hill", "offset", "delta") if getattr(self, field) is not None]
        found = [(field, f"The shape {self.kind} needs {field}: {MEANING[field]}.") for field in takes if field not in given]
        found += [(field, f"The shape {self.kind} takes no {field}; leave it out.") for field in given if field not in takes]
        if self.kind in {"exponential", "logistic"} and self.delta is not None and self.delta <= 0:
            found.append(("delta", f"delta is {self.delta:g}; the shape {self.kind} needs one above 0, in the unit of the doses."))
        if found:
            raise Located(*found)
        return self

    @property
    def label(self) -> str:
        """The shape with its numbers, to tell two of a kind apart."""
        said = ", ".join(f"{field} {number(getattr(self, field))}" for field in TAKES[self.kind])
        return f"{self.kind} ({said})" if said else self.kind

    @property
    def in_words(self) -> str:
        """The same as a person writes it: sigmoid Emax (ED50 3, Hill 4)."""
        return (
            self.label.replace("_", "-" if self.kind == "log_linear" else " ")
            .replace("emax", "Emax")
            .replace("ed50", "ED50")
            .replace("hill", "Hill")
        )

    def rise(self, dose: Any) -> Matrix:
        """The curve above its value at dose 0, not yet scaled."""
        d = np.asarray(dose, dtype=float)
        ed50, hill, offset, delta = (value or 1.0 for value in (self.ed50, self.hill, self.offset, self.delta))
        if self.kind == "linear":
            return d
        if self.kind == "log_linear":
            return np.asarray(np.log1p(d / offset))
        if self.kind == "quadratic":
            return np.asarray(d + (self.delta or 0.0) * d * d)
        if self.kind == "exponential":
            # divided by its value at the largest dose, which may be beyond floating point
            top = max(float(np.max(d)), 1e-300) / delta
            return np.asarray(np.exp(d / delta - top) - np.exp(-top))
        if self.kind == "logistic":
            from scipy import special

            return np.asarray(special.expit((d - ed50) / delta) - special.expit(-ed50 / delta))
        steep = hill if self.kind == "sigmoid_emax" else 1.0
        with np.errstate(divide="ignore", over="ignore"):
            return np.where(d > 0, 1.0 / (1.0 + np.power(ed50 / np.where(d > 0, d, 1.0), steep)), 0.0)

    def means(self, doses: Sequence[float], max_effect: float) -> Matrix:
        """Mean differences from dose 0 at these doses; the best dose from 0 to the highest, on the curve, has max_effect."""
        every = np.concatenate([np.asarray(doses, dtype=float), np.linspace(0.0, max(doses), FINE), self._turning(max(doses))])
        rise = self.rise(every)
        best = float(np.max(rise))
        return rise[: len(doses)] * (max_effect / best) if best > 0 else np.zeros(len(doses))

    def _turning(self, highest: float) -> Matrix:
        """Where a quadratic curve turns, if within the doses."""
        turn = -0.5 / self.delta if self.kind == "quadratic" and self.delta else -1.0
        return np.array([turn]) if 0.0 < turn < highest else np.array([])


MEANING = {
    "ed50": "the dose with half of the largest effect, for example 2.0",
    "hill": "how steep the curve is, for example 4",
    "offset": "what is added to the dose before the logarithm, for example 0.5",
    "delta": "see the shape: per unit of dose for quadratic, in the unit of the doses otherwise",
}


def labels_of(shapes: Sequence[Shape]) -> tuple[str, ...]:
    """What each shape is called: its kind, with its numbers where two are of a kind."""
    kinds = [shape.kind for shape in shapes]
    return tuple(shape.kind if kinds.count(shape.kind) == 1 else shape.label for shape in shapes)


class DoseShapes(Noun):
    """The assumed curves for a drawing: mean difference from placebo over a fine grid of doses, by shape, and at the planned doses."""

    doses: tuple[float, ...]
    curves: dict[str, tuple[float, ...]]
    planned_doses: tuple[float, ...]
    planned_means: dict[str, tuple[float, ...]]


def curves_of(shapes: Sequence[Shape], doses: Mapping[str, float], max_effect: float, points: int = DRAWN) -> DoseShapes:
    """The mean curve of each shape from dose 0 to the highest dose.

    Parameters
    ----------
    shapes : sequence of Shape
    doses : mapping of letter to dose
    max_effect : float
        Best dose − placebo, in the outcome's unit.
    points : int
        Doses in the grid, equally spaced.
    """
    planned = tuple(sorted(doses.values()))
    grid = tuple(float(dose) for dose in np.linspace(0.0, max(planned), points))
    names = labels_of(shapes)

    def rounded(means: Matrix) -> tuple[float, ...]:
        return tuple(float(f"{mean:.10g}") for mean in means)

    return DoseShapes(
        doses=grid,
        curves={name: rounded(shape.means(grid, max_effect)) for name, shape in zip(names, shapes, strict=True)},
        planned_doses=planned,
        planned_means={name: rounded(shape.means(planned, max_effect)) for name, shape in zip(names, shapes, strict=True)},
    )
