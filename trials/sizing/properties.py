"""What a set of sequences is worth before anybody asks for n: balance, efficiency, and what carry-over does to the estimate."""

from collections import Counter
from functools import lru_cache
from itertools import combinations, pairwise
from math import isinf

from trials.sizing.analysis import Analysis
from trials.sizing.attrition import Attrition
from trials.sizing.design import Design
from trials.sizing.information import Information, information
from trials.sizing.noun import Noun
from trials.sizing.outcome import AdditiveOutcome

UNIT_SD = AdditiveOutcome(within_subject_sd=1.0)
NOBODY_LOST = Attrition()


class Properties(Noun):
    """A design's properties, averaged over all pairs of its treatments; people count as the allocation shares them.

    A variance factor is n·Var(estimated difference of two treatments)/within_subject_sd²; None where some pair cannot be
    estimated, with the reason. An efficiency is the ideal variance factor over the design's own. `carryover_bias` is how far the
    estimated difference of two treatments moves, with its sign, when their carry-over differs by 1 and is left out of the model;
    None where the difference cannot be estimated.
    """

    uniform_within_sequences: bool
    uniform_within_periods: bool
    balanced_for_carryover: bool
    strongly_balanced: bool
    ideal_variance_factor: float
    variance_factor: float | None
    variance_factor_with_carryover: float | None
    carryover_bias: float | None
    reason: str | None = None
    reason_with_carryover: str | None = None

    @property
    def efficiency(self) -> float | None:
        """With carry-over left out of the model, 0–1."""
        return None if self.variance_factor is None else self.ideal_variance_factor / self.variance_factor

    @property
    def efficiency_with_carryover(self) -> float | None:
        """With first-order carry-over in the model, 0–1."""
        return None if self.variance_factor_with_carryover is None else self.ideal_variance_factor / self.variance_factor_with_carryover

    @property
    def price_of_carryover(self) -> float | None:
        """How many times as many people it takes when carry-over is in the model."""
        if self.variance_factor is None or self.variance_factor_with_carryover is None:
            return None
        return self.variance_factor_with_carryover / self.variance_factor


def properties(design: Design) -> Properties:
    """The properties of a crossover design, which depend on nothing but its sequences and their allocation.

    Parameters
    ----------
    design : Design
        Two periods or more; n-of-1 series have no sequences and are refused.

    Returns
    -------
    Properties

    Raises
    ------
    ValueError
        When the design has one period, or no sequences.

    Notes
    -----
    Model: y = subject + period + treatment (+ carry-over of the treatment in the period before) + residual, by least squares.

    - uniform within sequences: each sequence gives each treatment equally often; within periods: each period does.
    - balanced for first-order carry-over: each treatment follows each *other* one equally often; strongly balanced: also itself.
    - ideal variance factor: 2·t/p for t treatments and p periods. A person's information on the treatments has a trace of at most
      p·(1 − 1/t), reached when each treatment is given equally often and nothing is lost to periods; the mean variance of pairwise
      differences is smallest when it is spread evenly. So an efficiency lies between 0 and 1.
    - bias: a'·I⁺·I₁₂·z for the contrast a of two treatments and z = ½ and −½ for their carry-over, the mean over all pairs. Carry-over
      common to all treatments moves nothing, as periods take it up.

    B. Jones, M. G. Kenward, *Design and Analysis of Cross-Over Trials*, chapters 3 and 4: for the Williams designs adjusted for
    carry-over the efficiency is 1 − 1/(t² − t − 1).

    Examples
    --------
    >>> ab_ba = properties(Design(name="ab_ba"))
    >>> ab_ba.variance_factor, ab_ba.variance_factor_with_carryover, ab_ba.carryover_bias
    (2.0, None, -0.5)
    """
    if design.is_n_of_1 or design.n_periods < 2:
        raise ValueError(
            f"The design {design.label} has no sequences of two periods or more; a crossover's properties are those of its sequences."
        )
    return _properties(design.sequences, tuple(float(share) for share in design.allocation))


@lru_cache(maxsize=512)
def _properties(sequences: tuple[str, ...], allocation: tuple[float, ...]) -> Properties:
    design = Design(sequences=sequences, allocation=allocation)
    pairs = list(combinations(design.letters, 2))
    plain = information(design, UNIT_SD, Analysis(), NOBODY_LOST)
    fitted = information(design, UNIT_SD, Analysis(adjust_for_carryover=True), NOBODY_LOST)
    variance, reason = _mean_variance(plain, pairs)
    with_carryover, reason_with_carryover = _mean_variance(fitted, pairs)
    others, selves = _followers(design)
    balanced = len(set(others)) == 1 and others[0] > 0
    return Properties(
        uniform_within_sequences=all(len(set(_counts(sequence, design.letters).values())) == 1 for sequence in sequences),
        uniform_within_periods=_is_uniform_within_periods(design),
        balanced_for_carryover=balanced,
        strongly_balanced=balanced and len({*others, *selves}) == 1,
        ideal_variance_factor=2.0 * len(design.letters) / design.n_periods,
        variance_factor=variance,
        variance_factor_with_carryover=with_carryover,
        carryover_bias=None if variance is None else _bias(plain, pairs),
        reason=reason,
        reason_with_carryover=reason_with_carryover,
    )


def _mean_variance(known: Information, pairs: list[tuple[str, str]]) -> tuple[float | None, str | None]:
    """The mean variance factor of the pairwise differences, or the reason why one of them has none."""
    found = [known.contrast({one: 1.0, other: -1.0}) for one, other in pairs]
    reason = next((contrast.reason for contrast in found if contrast.reason or isinf(contrast.variance)), None)
    return (None, reason) if reason else (_rounded(sum(contrast.variance for contrast in found) / len(found)), None)


def _bias(known: Information, pairs: list[tuple[str, str]]) -> float:
    """The mean bias of a pairwise difference for a difference of 1 in carry-over."""
    moved = [known.carryover_bias({one: 1.0, other: -1.0}, {one: 0.5, other: -0.5}) for one, other in pairs]
    return _rounded(sum(moved) / len(moved))


def _is_uniform_within_periods(design: Design) -> bool:
    by_period: list[Counter[str]] = [Counter() for _period in range(design.n_periods)]
    for sequence, people in zip(design.sequences, design.unit, strict=True):
        for counted, letter in zip(by_period, sequence, strict=True):
            counted[letter] += people
    return all(len({counted[letter] for letter in design.letters}) == 1 for counted in by_period)


def _followers(design: Design) -> tuple[list[int], list[int]]:
    """How many people of one unit receive each treatment straight after each other one, and after itself."""
    counted: Counter[tuple[str, str]] = Counter()
    for sequence, people in zip(design.sequences, design.unit, strict=True):
        for pair in pairwise(sequence):
            counted[pair] += people
    letters = design.letters
    others = [counted[before, after] for before in letters for after in letters if before != after]
    return others, [counted[letter, letter] for letter in letters]


def _counts(sequence: str, letters: tuple[str, ...]) -> dict[str, int]:
    return {letter: sequence.count(letter) for letter in letters}


def _rounded(number: float) -> float:
    """Without the last digits of floating point, so that what is 0 or ½ reads as that."""
    return float(f"{number:.12g}") + 0.0 if abs(number) > 1e-12 else 0.0
