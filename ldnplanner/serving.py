"""Serving the site from this process, with nothing else to install."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

import waitress
from django.core.management.base import CommandError

PORTS_TRIED = 20


def free_port(host: str, port: int) -> int:
    """The first port from this one on that nobody listens on.

    Raises
    ------
    CommandError
        None of the next twenty is free, or the host is not an address of this machine.
    """
    for candidate in range(port, port + PORTS_TRIED):
        with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((host, candidate))
            except OSError as error:
                if candidate == port + PORTS_TRIED - 1:
                    raise CommandError(
                        f"Cannot listen on {host}, ports {port} to {candidate}: {error.strerror}. Choose another with --port."
                    ) from error
                continue
            return candidate
    raise CommandError("No port was tried.")  # the loop has at least one turn


def serve(host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or TERM, then stop cleanly; `announce` is told the address once the port is open."""
    from ldnplanner.wsgi import application

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue of a few requests is no news
    server = waitress.create_server(application, host=host, port=port, threads=8, ident="LDN Planner")
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_warm_up, daemon=True).start()
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{port}/")
    try:
        server.run()
    finally:
        server.close()


def _stop(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _warm_up() -> None:
    """Import what takes seconds before the first reader asks for it."""
    import scipy.special  # noqa: F401
    import statsmodels.stats.power  # noqa: F401
