"""Trials by chunks: each has a seed of its own, so that the answer depends neither on the number of processes nor on which finishes first."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context

import numpy as np

from trials.sizing.simulate.registry import simulator_of
from trials.sizing.simulate.setting import Setting
from trials.sizing.simulate.tally import Tally, tally

CHUNK = 50  # trials; two or three seconds of mixed models, after which one can stop
LOOK_EVERY = 0.2  # seconds between looks at whether somebody wants to stop
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1")

Enough = Callable[[Tally], bool]
Report = Callable[[Tally], None]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Chunks:
    """The chunks of a simulation: how many there are, and what each of them finds."""

    setting: Setting

    @property
    def count(self) -> int:
        return -(-self.setting.simulation.trials // CHUNK)

    @staticmethod
    def in_a_job(seconds_a_trial: float) -> int:
        """Chunks that one job takes, so that it lasts about half a second."""
        return max(1, min(100, int(0.5 / (CHUNK * seconds_a_trial))))

    def runner(self) -> Callable[[int], Tally]:
        """What runs chunk k, prepared once."""
        simulation = self.setting.simulation
        made = simulator_of(self.setting.plan)(self.setting)

        def run(k: int) -> Tally:
            rng = np.random.default_rng(np.random.SeedSequence(simulation.seed, spawn_key=(k,)))
            return tally(made.measure(rng, min(CHUNK, simulation.trials - k * CHUNK)))

        return run


def run_here(chunks: Chunks, enough: Enough, report: Report, stop: Stop) -> tuple[Tally, bool]:
    """All chunks in this process; the sums, and whether somebody stopped it."""
    run, total = chunks.runner(), Tally()
    for k in range(chunks.count):
        if stop():
            return total, True
        total += run(k)
        report(total)
        if enough(total):
            break
    return total, False


def run_in_processes(chunks: Chunks, enough: Enough, report: Report, stop: Stop, processes: int, at_once: int) -> tuple[Tally, bool]:
    """The same in several processes, `at_once` chunks to a job.

    Sums are taken in the order of the chunks, and it is enough after the first chunk with which it is: what others have run ahead is dropped.
    """
    jobs = iter([range(first, min(first + at_once, chunks.count)) for first in range(0, chunks.count, at_once)])
    total, ahead = Tally(), deque[Future[list[Tally]]]()
    with _one_thread_each():
        pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_prepare, initargs=(chunks,))
        try:
            with _deaf_children():
                ahead.extend(pool.submit(_run, job) for job in islice(jobs, 2 * processes))
            while ahead:
                try:
                    found = ahead[0].result(timeout=LOOK_EVERY)
                except TimeoutError:
                    if stop():
                        return total, True
                    continue
                except BrokenProcessPool:
                    if stop():  # where signals cannot be held back, Ctrl-C reaches processes that have not begun to ignore it
                        return total, True
                    raise
                ahead.popleft()
                ahead.extend(pool.submit(_run, job) for job in islice(jobs, 1))
                for one in found:
                    total += one
                    if enough(total):
                        report(total)
                        return total, False
                report(total)
                if stop():
                    return total, True
        finally:
            pool.shutdown(cancel_futures=True)
    return total, False


_RUNNER: list[Callable[[int], Tally]] = []  # of a worker, prepared once


def _prepare(chunks: Chunks) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    _RUNNER[:] = [chunks.runner()]


def _run(job: Sequence[int]) -> list[Tally]:
    return [_RUNNER[0](k) for k in job]


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile never hear Ctrl-C, not even while they import; the parent hears it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started meanwhile use one thread each for matrices; together they use every core already."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
