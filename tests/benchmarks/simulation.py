"""How fast the simulation is: seconds, the ratio to a loop over statsmodels of the same run, and whether the bar is met.

    .venv/bin/python tests/benchmarks/simulation.py

The best of five runs counts, each in one process on one thread. It is no part of the tests: what it measures is the machine, too.
"""

import io
import os
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np  # noqa: E402  after the number of threads

from trials.sizing.plan import read_plan  # noqa: E402  after the path
from trials.sizing.simulate import simulate  # noqa: E402

TRIALS = 10_000
RUNS = 5
LOOPED = 100  # trials that statsmodels is given; the rest would take as long


def plan(**parts: Any) -> Any:
    return read_plan(
        {
            "design": {"sequences": ["AB", "BA"]},
            "outcome": {"kind": "continuous", "within_subject_sd": 1.0, "between_subject_sd": 1.0},
            "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 0.64},
            "simulation": {"trials": TRIALS},
            "solve": {"for": "power", "n_evaluable": 40},
        }
        | parts
    )


def best(work: Callable[[], Any]) -> float:
    """Seconds of the fastest of several runs."""
    spent = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return min(spent)


def loops() -> dict[str, float]:
    """Seconds that statsmodels takes for as many trials of AB/BA with 40 people, fitted one at a time."""
    import statsmodels.api as sm
    from statsmodels.regression.mixed_linear_model import MixedLM

    person, period = np.repeat(np.arange(40), 2), np.tile([0.0, 1.0], 40)
    sequence = (person % 2).astype(float)
    treatment = (period + sequence) % 2
    people = (person[:, None] == np.arange(40)).astype(float)
    fixed = np.column_stack([treatment, period, people])
    mixed = np.column_stack([treatment, period, sequence, np.ones(80)])
    rng = np.random.default_rng(1)

    def made() -> Any:
        return 0.64 * treatment + np.repeat(rng.standard_normal(40), 2) + rng.standard_normal(80)

    def spend(fit: Callable[[Any], Any]) -> float:
        begun = time.perf_counter()
        for _ in range(LOOPED):
            fit(made())
        return (time.perf_counter() - begun) / LOOPED * TRIALS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "statsmodels' OLS in a loop": spend(lambda y: sm.OLS(y, fixed).fit().pvalues[0]),
            "statsmodels' MixedLM in a loop": spend(lambda y: MixedLM(y, mixed, groups=person).fit(reml=True).pvalues[0]),
        }


CASES: dict[str, dict[str, Any]] = {
    "AB/BA, 40 people": {},
    "AB/BA, 40 of 50 people stay by chance": {
        "attrition": {"dropout_rate": 0.2},
        "solve": {"for": "power", "n_randomised": 50},
    },
    "ABBA/BAAB, 40 people, individual responses": {
        "design": {"text": "ABBA/BAAB"},
        "outcome": {"kind": "continuous", "within_subject_sd": 1.0, "individual_response_sd": 1.0},
    },
    "Williams of four, 40 people leave by period": {
        "design": {"name": "williams", "treatments": 4},
        "attrition": {"lost_before_period": [0, 0.05, 0.1, 0.15]},
        "solve": {"for": "power", "n_randomised": 40},
    },
}
BAR = 1.0  # second, for the first of them


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8") if isinstance(sys.stdout, io.TextIOWrapper) else None
    baselines = loops()
    met = []
    for name, parts in CASES.items():
        read = plan(**parts)
        seconds = best(partial(simulate, read, processes=1))
        bar = BAR if not parts else None
        ratios = ", ".join(f"{spent / seconds:8.0f} × faster than {loop}" for loop, spent in baselines.items())
        verdict = "" if bar is None else f"  bar {bar:g} s  {'pass' if seconds < bar else 'FAIL'}"
        met += [] if bar is None else [seconds < bar]
        print(f"{TRIALS:,} trials of {name:<46} {seconds:8.3f} s  {ratios if not parts else '':<96}{verdict}")
    print(f"{sum(met)} of {len(met)} bars are met.")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
