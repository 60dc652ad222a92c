"""A line in the terminal that says how far something is, and nothing anywhere else."""

import os
import shutil
import time
from typing import Protocol

WIDTH = 20
REFRESH = 0.1  # seconds


class Stream(Protocol):
    def write(self, text: str, /) -> object: ...

    def flush(self) -> object: ...

    def isatty(self) -> bool: ...


class ProgressBar:
    """[#####...............]  27 %  4 s left, 2,700 of 10,000 trials

    Written over itself ten times a second at most, only where the stream is a terminal that can do that, and wiped away at the end.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream, self.visible = stream, stream.isatty() and os.environ.get("TERM") != "dumb"
        self.first: tuple[float, float] | None = None  # when, and how much was done; starting takes time that later steps do not
        self.last_written, self.last_length = 0.0, 0

    def update(self, share_done: float, said: str) -> None:
        """Say that so much, between 0 and 1, is done."""
        now = time.monotonic()
        if not self.visible or now - self.last_written < REFRESH:
            return
        self.last_written = now
        full = int(WIDTH * share_done)
        if self.first is None:
            self.first = now, share_done
        spent, gained = now - self.first[0], share_done - self.first[1]
        ending = f"{_duration(spent * (1.0 - share_done) / gained)} left, " if gained > 0 else ""
        self._write(f"[{'#' * full}{'.' * (WIDTH - full)}] {int(100 * share_done):3d} %  {ending}{said}")

    def clear(self) -> None:
        """Wipe the line away."""
        if self.visible and self.last_length:
            self._write("")
            self.stream.write("\r")
            self.stream.flush()

    def _write(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        self.stream.write(f"\r{text:<{self.last_length}}")
        self.stream.flush()
        self.last_length = len(text)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
