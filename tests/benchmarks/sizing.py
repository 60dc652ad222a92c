"""How fast the engine is: seconds, the ratio to a named baseline of the same run, and whether the bar is met.

    .venv/bin/python tests/benchmarks/sizing.py

The best of five runs counts, each on one thread. It is no part of the tests: what it measures is the machine, too.
"""

import io
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  after the number of threads

from trials.sizing.grid import Axis, n_grid, search_many  # noqa: E402  after the path
from trials.sizing.information import information  # noqa: E402
from trials.sizing.plan import Plan, read_plan  # noqa: E402
from trials.sizing.size import size  # noqa: E402

CASES = 1_000
RUNS = 5


def plan(question: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "design": {"sequences": ["AB", "BA"]},
        "outcome": {"kind": "continuous", "within_subject_sd": 1.0},
        "question": {"treatment": "A", "comparator": "B"} | question,
        "solve": {"for": "n", "target_power": 0.9},
    } | parts


SUPERIORITY: dict[str, Any] = {"kind": "superiority", "mean_difference": 0.5}
EQUIVALENCE: dict[str, Any] = {"kind": "equivalence", "mean_difference": 0.05, "lower_limit": -0.6, "upper_limit": 0.6}


def best(work: Callable[[], Any]) -> float:
    """Seconds of the fastest of several runs."""
    spent = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return min(spent)


def show(what: str, seconds: float, bar: float, baseline: str, ratio: float, met: bool) -> bool:
    print(f"{what:<52} {seconds:9.4f} s  bar {bar:g} s  {ratio:9.1f} × {baseline:<44} {'pass' if met else 'FAIL'}")
    return met


def search_cases(read: Plan, distances: Any) -> Callable[[], Any]:
    """The same question for many assumed differences at once."""
    contrast = information(read.design, read.outcome, read.analysis, read.attrition).contrast({"A": 1.0, "B": -1.0})
    alpha, target = np.full(CASES, read.analysis.alpha), np.full(CASES, 0.9)
    return lambda: search_many(read, [contrast] * CASES, distances, alpha, target)


def t_searches() -> list[bool]:
    from statsmodels.stats.power import TTestPower

    effects = np.linspace(0.15, 1.5, CASES)
    ours = best(search_cases(read_plan(plan(SUPERIORITY)), effects[None, :] * 2**0.5))

    def loop() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for effect in effects:
                TTestPower().solve_power(effect, power=0.9, alpha=0.05)

    begun = time.perf_counter()
    loop()
    theirs = time.perf_counter() - begun
    one_by_one = [read_plan(plan(SUPERIORITY | {"mean_difference": float(effect)})) for effect in effects]
    alone = best(lambda: [size(one) for one in one_by_one])
    found = [
        show(
            f"{CASES} t-test searches, arrays",
            ours,
            0.1,
            "faster than statsmodels' solve_power loop",
            theirs / ours,
            ours < 0.1 and theirs / ours >= 25,
        )
    ]
    print(
        f"{'  the same, one whole answer at a time':<52} {alone:9.4f} s  {'':11} {theirs / alone:9.1f} × faster than statsmodels' solve_power loop"
    )
    return found


def equivalence_searches() -> list[bool]:
    middles = np.linspace(-0.3, 0.3, CASES)
    closed = best(search_cases(read_plan(plan(SUPERIORITY)), np.linspace(0.15, 1.5, CASES)[None, :]))
    seconds = best(search_cases(read_plan(plan(EQUIVALENCE)), np.stack([middles + 0.6, 0.6 - middles])))
    return [
        show(
            f"{CASES} exact equivalence searches, arrays",
            seconds,
            0.25,
            "the time of the t-test searches",
            seconds / closed,
            seconds < 0.25,
        )
    ]


def grid() -> list[bool]:
    read = read_plan(plan(SUPERIORITY))
    rows, columns = Axis("within_subject_sd", tuple(np.linspace(0.5, 2, 100))), Axis("mean_difference", tuple(np.linspace(0.2, 1.5, 100)))
    seconds = best(lambda: n_grid(read, rows, columns))
    single = best(lambda: size(read))
    return [show("a 100 × 100 grid of n", seconds, 0.2, "the time of one answer alone (10,000 cells)", seconds / single, seconds < 0.2)]


def around_the_test() -> list[bool]:
    """Searches that average over a prior, or look at the data on the way, against the same search without."""
    from trials.sizing.laws.boundaries import boundaries

    uncertain = {"sd_degrees_of_freedom": 20, "effect_standard_error": 0.15}
    assured = [read_plan(plan(kind, prior=uncertain, solve={"for": "n", "target_assurance": 0.7})) for kind in (SUPERIORITY, EQUIVALENCE)]
    looked = read_plan(plan(SUPERIORITY, analysis={"looks": 5}))
    again = read_plan(
        plan(SUPERIORITY | {"better": "higher"}, analysis={"re_estimation": {"maximum_n": 200, "true_within_subject_sd": 1.2}})
    )
    single = best(lambda: size(read_plan(plan(SUPERIORITY))))

    def bounds() -> None:
        boundaries.cache_clear()
        size(looked)

    def simulated() -> None:
        from trials.sizing.question import re_estimated

        re_estimated._simulated.cache_clear()
        size(again)

    shown = []
    for what, work, bar in (
        ("n for an assurance, superiority, both uncertain", lambda: size(assured[0]), 0.02),
        ("n for an assurance, equivalence, both uncertain", lambda: size(assured[1]), 0.05),
        ("five looks: boundaries, n and expected n", bounds, 0.05),
        ("blinded re-estimation, 2 × 100,000 trials", simulated, 1.0),
    ):
        seconds = best(work)
        shown.append(show(what, seconds, bar, "the time of one plain answer", seconds / single, seconds < bar))
    return shown


def responders() -> list[bool]:
    """Exact McNemar searches with their look 60 units ahead, nothing kept from earlier runs, beside a count of every n by SciPy."""
    from scipy import stats

    from trials.sizing.laws import binomial, mcnemar, paired, two_sequences

    def forget() -> None:
        for module in (binomial, mcnemar, paired, two_sequences):
            for kept in vars(module).values():
                getattr(kept, "cache_clear", lambda: None)()

    def search(test: str) -> Callable[[], Any]:
        outcome = {"kind": "binary", "treatment_only": 0.31, "comparator_only": 0.14}
        read = read_plan(plan({"kind": "superiority"}, outcome=outcome, analysis={"test": test}))

        def work() -> int:
            forget()
            return int(size(read).n_evaluable or 0)

        return work

    def by_scipy() -> int:
        n, power = 0, 0.0
        while power < 0.9:
            n += 2
            m = np.arange(n + 1)
            critical = stats.binom.isf(0.025, m, 0.5) + 1
            given = stats.binom.sf(critical - 1, m, 0.31 / 0.45) + stats.binom.cdf(m - critical, m, 0.31 / 0.45)
            power = float(stats.binom.pmf(m, n, 0.45) @ given)
        return n

    if (search("exact")(), by_scipy()) != (170, 170):
        print("the exact searches disagree")
        return [False]
    theirs, exact, prescott = best(by_scipy), best(search("exact")), best(search("prescott"))
    return [
        show(
            "one exact McNemar search, cold, 60 units ahead",
            exact,
            0.3,
            "faster than every n by scipy.stats.binom",
            theirs / exact,
            exact < 0.3,
        ),
        show(
            "one Prescott search beyond 30 a sequence, cold",
            prescott,
            0.5,
            "the time of every n by scipy.stats.binom",
            prescott / theirs,
            prescott < 0.5,
        ),
    ]


def lines() -> list[bool]:
    """Plans a second through the command itself, after a start that is measured apart."""
    count = 20_000
    simple = [json.dumps(plan(SUPERIORITY | {"mean_difference": round(0.2 + k / count, 6)})) for k in range(count)]

    def spend(text: str) -> float:
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "size", "--lines"], input=text, capture_output=True, text=True, check=True, cwd=ROOT
        )
        return time.perf_counter() - begun

    start = min(spend(simple[0] + "\n") for _ in range(3))
    whole = min(spend("\n".join(simple) + "\n") for _ in range(3))
    rate = count / (whole - start)
    per_second = (whole - start) / count * 5_000
    return [
        show(
            f"5,000 simple plans by size --lines ({rate:,.0f} a second)",
            per_second,
            1.0,
            "starts of the command",
            per_second / start,
            rate >= 5_000,
        )
    ]


def doses() -> list[bool]:
    """Questions about several doses, each search with an effect that has not been asked before; the baseline is one search of superiority."""
    four = {"design": {"name": "williams", "treatments": 4}}
    five = {"design": {"name": "williams", "treatments": 5}, "outcome": {"kind": "continuous", "within_subject_sd": 20.0}}
    single = best(lambda: size(read_plan(plan(SUPERIORITY))))
    smaller = iter(np.linspace(1.0, 0.9, 100))

    def many_to_one() -> None:
        differences = {letter: one * float(next(smaller)) for letter, one in (("B", 0.3), ("C", 0.5), ("D", 0.6))}
        size(read_plan({**plan({}), **four, "question": {"kind": "many_to_one", "comparator": "A", "mean_differences": differences}}))

    def shapes() -> None:
        question = {
            "kind": "dose_response_shapes",
            "doses": {"A": 0.0, "B": 1.5, "C": 3.0, "D": 4.5, "E": 6.0},
            "max_effect": -10.0 * float(next(smaller)),
            "shapes": [
                {"kind": "linear"},
                {"kind": "emax", "ed50": 1.5},
                {"kind": "sigmoid_emax", "ed50": 3.0, "hill": 4.0},
                {"kind": "quadratic", "delta": -0.085},
            ],
        }
        size(read_plan({**plan({}), **five, "question": question}))

    many, fit = best(many_to_one), best(shapes)
    return [
        show("one Dunnett search, three doses", many, 0.03, "the time of one superiority search", many / single, many < 0.03),
        show("one MCP-Mod search, five doses, four shapes", fit, 3.0, "the time of one superiority search", fit / single, fit < 3.0),
    ]


def imports() -> list[bool]:
    code = "import sys, trials.sizing, trials.sizing.plan; print(any(name in sys.modules for name in ('statsmodels', 'django', 'scipy')))"
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    seconds = time.perf_counter() - begun
    light = done.stdout.strip() == "False"
    print(
        f"{'importing the nouns, Python started':<52} {seconds:9.4f} s  without statsmodels, Django and SciPy {'':29} {'pass' if light else 'FAIL'}"
    )
    return [light]


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8") if isinstance(sys.stdout, io.TextIOWrapper) else None
    met = [*t_searches(), *equivalence_searches(), *grid(), *around_the_test(), *responders(), *lines(), *doses(), *imports()]
    print(f"{sum(met)} of {len(met)} bars are met.")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
