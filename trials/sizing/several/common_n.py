"""The smallest n at which several questions have enough at once."""

from collections.abc import Sequence

import numpy as np

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.plan import Plan
from trials.sizing.size import information_for
from trials.sizing.solve import ForN

BLOCK = 512  # steps that are looked at together where a power that goes up and down has to be followed


class Case:
    """One question on the way to the common n."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.question, self.known = plan, asked(plan), information_for(plan)
        self.target = plan.solve.target if isinstance(plan.solve, ForN) else None

    def enough(self, n: float) -> bool:
        if n < self.question.smallest_n(self.known) - 1e-9:
            return False
        if self.target is None:
            return self.question.reached(self.known, n)
        return bool(self.question.power(self.known, n) >= self.target)

    def next_enough(self, steps: int, last: int, unit: int) -> int | None:
        """The smallest number of steps from here on that is enough."""
        while steps <= last:
            block = np.arange(steps, min(steps + BLOCK, last + 1), dtype=np.float64)
            if self.target is None:
                enough = np.array([self.enough(float(step * unit)) for step in block])
            else:
                enough = np.asarray(self.question.powers(self.known, block * unit)) >= self.target
            if enough.any():
                return int(block[np.argmax(enough)])
            steps += BLOCK
        return None


def common_steps(cases: Sequence[Case], first: int, last: int, unit: int) -> int | None:
    """The smallest number of allocation units, from the first on, at which all have enough; None where there is none up to the last."""
    steps: int | None = first
    while steps is not None and (lacking := next((case for case in cases if not case.enough(float(steps * unit))), None)):
        steps = lacking.next_enough(steps + 1, last, unit)
    return steps


def driver_of(cases: Sequence[Case], alone: Sequence[Answer], steps: int, unit: int) -> int:
    """The question that keeps n from being a step smaller; among several, the one that needs most people alone."""
    lacking = [at for at, case in enumerate(cases) if not case.enough(float((steps - 1) * unit))] if steps > 1 else []
    return max(lacking or range(len(cases)), key=lambda at: (counted(alone[at]), -at))


def counted(answer: Answer) -> float:
    """The people on whom the power rests: everybody who starts where what was observed before a loss counts."""
    by_period = answer.plan.attrition.lost_before_period is not None
    return float((answer.n_randomised if by_period else answer.n_evaluable) or 0.0)
