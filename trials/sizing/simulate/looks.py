"""Trials that are looked at before their end, among people who have completed all periods, with the SD taken as known."""

import numpy as np
from numpy.typing import NDArray

from trials.sizing.matrices import matrices_of
from trials.sizing.question.group_sequential import GroupSequential
from trials.sizing.question.pairwise import DirectedQuestion
from trials.sizing.simulate.continuous import Directed
from trials.sizing.simulate.outcomes import Sequence
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures


class Looks(Directed):
    """A comparison that stops at the first look whose boundary it crosses.

    Notes
    -----
    Look k of K comes when k/K of those who will complete have done so, rounded to whole people. The model is fitted to them, and the estimate less the boundary is
    divided by its standard error under the planned SDs. `people` are those who have completed when the trial ends.
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        if setting.simulation.analysis == "mixed_model":
            raise CannotSimulate(
                "simulation.analysis", 'Looks are simulated with the planned analysis, its SD taken as known; use "planned".'
            )
        self.looks = self._looks()
        contrast, a = self.looks.question.contrast(self.known).variance, self.contrasts()[0]
        working = matrices_of(self.known.model).working[: len(a), : len(a)]
        # the true variance in units of that which the fit shows, which individual responses make larger
        self.variance = contrast / float(a @ working @ a)

    def _looks(self) -> GroupSequential:
        found = self.setting.question
        if not isinstance(found, GroupSequential):
            raise TypeError(found.kind)
        return found

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        portions = [self._followed(made) for made in self.outcomes.trials(rng, trials)]
        return {name: np.concatenate([portion[name] for portion in portions]) for name in portions[0]}

    def _followed(self, made: list[Sequence]) -> Measures:
        question, analysis = self.asked(DirectedQuestion), self.plan.analysis
        present = np.stack([self._completed(one) for one in made], axis=1)
        whole, looks = present.sum(axis=1), self.looks.looks
        limits = self.looks.boundaries(self.known).critical_values
        stopped, shown = np.zeros(len(whole), dtype=bool), np.zeros(len(whole), dtype=bool)
        people, tested, last = whole.astype(float), np.zeros(len(whole), dtype=bool), np.full(len(whole), np.nan)
        for k in range(1, looks + 1):
            here = _part(present, k, looks)
            fitted = self.analysis.fit([_first(one, here[:, s]) for s, one in enumerate(made)])
            error = np.sqrt(np.maximum(self.variance * fitted.covariance[:, 0, 0], 1e-300))
            z = question.direction * (fitted.estimate[:, 0] - question.boundary(self.plan.outcome)) / error
            estimable = np.isfinite(z) & (fitted.covariance[:, 0, 0] > 0) & (here.sum(axis=1) > 0)
            crossed = estimable & ((np.abs(z) if analysis.sides == 2 else z) > limits[k - 1]) & ~stopped
            shown |= crossed
            last = np.where(stopped, last, fitted.estimate[:, 0])
            people = np.where(crossed, here.sum(axis=1), people)
            stopped |= crossed
            tested |= estimable
        return {"shown": shown, "people": people, "estimate when it stops": np.where(tested, last, np.nan), "tested": tested}

    @staticmethod
    def _completed(one: Sequence) -> NDArray[np.int64]:
        periods = one.measured.shape[2]
        return np.full(len(one.measured), one.measured.shape[1]) if one.seen is None else (one.seen == periods).sum(axis=1)

    def expected(self) -> tuple[Expected, ...]:
        n, looks = self.setting.n_counted, self.looks
        found = [Expected("shown", float(looks.power(self.known, n)), share=True)]
        if looks.looks > 1:
            by_look = looks.expected(self.known, n)
            expected = float(by_look["expected_n_alternative"])
            if self.setting.null:
                expected = float(by_look["expected_n_null"])
            # looks at whole people are equally spaced only where n can be divided among them
            found.append(Expected("people", expected, judged=n % looks.looks == 0 and not self.setting.randomly_lost))
        return (*found, Expected("estimate when it stops", self.question.effect, judged=False))


def _part(present: NDArray[np.int64], k: int, looks: int) -> NDArray[np.int64]:
    """k/looks of the people of each trial, whole, shared among sequences as all of them are; shape (trials, sequences)."""
    if k == looks:
        return present
    wanted = present * (k / looks)
    down = np.floor(wanted + 1e-9).astype(np.int64)
    left = np.round(wanted.sum(axis=1) + 1e-9).astype(np.int64) - down.sum(axis=1)
    place = np.argsort(np.argsort(down - wanted, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(down + (place < left[:, None]))


def _first(one: Sequence, count: NDArray[np.int64]) -> Sequence:
    """The same sequence with its first people alone; those who leave stand at the end."""
    periods = one.measured.shape[2]
    return Sequence(one.letters, one.measured, np.where(np.arange(one.measured.shape[1]) < count[:, None], periods, 0))
