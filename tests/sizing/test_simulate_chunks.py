"""Chunks: the same seed gives the same answer however the work is shared, and it ends where it is precise enough."""

import os
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from trials.sizing.plan import Plan
from trials.sizing.simulate import CannotSimulate, Progress, simulate
from trials.sizing.simulate.chunks import CHUNK, ONE_THREAD, Chunks
from trials.sizing.simulate.continuous import Directed
from trials.sizing.simulate.setting import setting_of
from trials.sizing.simulate.tally import Sum, Tally, tally

Planned = Callable[..., Plan]
TWO_THOUSAND: dict[str, Any] = {"trials": 2030, "seed": 5}


def plan_of(planned: Planned, **simulation: Any) -> Plan:
    return planned(attrition={"dropout_rate": 0.2}, solve={"for": "power", "n_randomised": 30}, simulation=TWO_THOUSAND | simulation)


def test_the_same_seed_gives_the_same_answer_with_one_process_and_with_two(planned: Planned) -> None:
    plan = plan_of(planned)

    alone, together = simulate(plan, processes=1), simulate(plan, processes=2)

    assert alone == together
    assert alone.trials_run == 2030


def test_another_seed_gives_another_answer(planned: Planned) -> None:
    assert simulate(plan_of(planned)).figures != simulate(plan_of(planned, seed=6)).figures


def test_the_end_that_is_precise_enough_does_not_depend_on_processes(planned: Planned) -> None:
    plan = plan_of(planned, trials=100_000, monte_carlo_error=0.01)

    alone, together = simulate(plan, processes=1), simulate(plan, processes=2)

    assert alone == together
    assert alone.trials_run < 5000


def test_it_stops_after_the_first_chunk_with_which_the_error_is_small_enough(planned: Planned) -> None:
    plan = plan_of(planned, monte_carlo_error=0.02)
    chunks = Chunks(setting_of(plan))
    run, total = chunks.runner(), Tally()
    errors = []
    for k in range(chunks.count):
        total += run(k)
        errors.append(total["shown"].share_error)

    found = simulate(plan)

    first = next(k for k, error in enumerate(errors) if error <= 0.02)
    assert found.trials_run == (first + 1) * CHUNK
    assert found.monte_carlo_error == errors[first]
    assert 2 < first < chunks.count - 2


def test_each_chunk_has_the_seed_of_its_number(planned: Planned) -> None:
    chunks = Chunks(setting_of(plan_of(planned)))
    run = chunks.runner()

    third = run(3)

    again = tally(Directed(chunks.setting).measure(np.random.default_rng(np.random.SeedSequence(5, spawn_key=(3,))), CHUNK))
    assert third == again
    assert third != run(4)


def test_a_portion_that_does_not_fit_into_memory_changes_no_law(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    from trials.sizing.simulate import outcomes

    plan = plan_of(planned)
    monkeypatch.setattr(outcomes, "MOST_NUMBERS", 600)

    found = simulate(plan)

    assert found.trials_run == 2030
    assert found.agreement


def test_progress_is_told_and_ends_at_one(planned: Planned) -> None:
    told: list[Progress] = []

    simulate(plan_of(planned), progress=told.append)

    assert [one.trials_run for one in told] == [*range(CHUNK, 2030, CHUNK), 2030]
    assert told[-1].share_done == 1.0
    assert all(earlier.share_done < later.share_done for earlier, later in pairwise(told))


def test_progress_towards_an_error_follows_its_square(planned: Planned) -> None:
    progress = Progress(trials_run=1000, trials=100_000, simulated=0.5, monte_carlo_error=0.016, wanted=0.008)

    assert progress.share_done == pytest.approx(0.25)


@pytest.mark.parametrize("processes", [1, 2])
def test_what_was_found_before_a_stop_is_the_answer(planned: Planned, processes: int) -> None:
    told: list[Progress] = []

    found = simulate(plan_of(planned, trials=1_000_000), processes, told.append, lambda: bool(told))

    assert found.interrupted
    assert 0 < found.trials_run < 1_000_000
    assert found.trials_run == told[-1].trials_run


def test_a_stop_before_the_first_chunk_leaves_nothing(planned: Planned) -> None:
    with pytest.raises(CannotSimulate, match="stopped before its first chunk"):
        simulate(plan_of(planned), stop=lambda: True)


def test_processes_use_one_thread_each_and_leave_the_environment_as_it_was(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    seen: list[str | None] = []

    simulate(plan_of(planned), 2, lambda _: seen.append(os.environ.get("OMP_NUM_THREADS")))

    assert set(seen) == {"1"}
    assert os.environ["OMP_NUM_THREADS"] == "3"
    assert "MKL_NUM_THREADS" in ONE_THREAD
    assert "MKL_NUM_THREADS" not in os.environ


def test_sums_leave_out_trials_without_a_value() -> None:
    found = tally({"shown": np.array([True, False, True]), "estimate": np.array([1.0, np.nan, 3.0])})

    assert found.trials == 3
    assert found["shown"] == Sum(3, 2.0, 2.0)
    assert found["estimate"] == Sum(2, 4.0, 10.0)
    assert found["estimate"].error == pytest.approx(1.0)


def test_the_error_of_a_share_is_never_nothing() -> None:
    assert Sum(100, 100.0, 100.0).share_error > 0.01
    assert Sum(10_000, 8000.0, 8000.0).share_error == pytest.approx(0.004, rel=1e-3)
