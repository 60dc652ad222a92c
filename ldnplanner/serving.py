"""Serving the site from this process, with nothing else to install."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import threading
from argparse import ArgumentParser
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


def add_arguments(parser: ArgumentParser) -> None:
    """The options of every command that serves."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on; the next free one is taken when it is in use")


def serve(host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve on this port or the next free one until Ctrl-C or TERM, then stop cleanly; the address is said once it is open."""
    from ldnplanner.wsgi import application

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue of a few requests is no news
    port = free_port(host, port)
    server = waitress.create_server(application, host=host, port=port, threads=8, ident="LDN Planner")
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_warm_up, daemon=True).start()
    shown = f"[{host}]" if ":" in host else host
    say(f"Open  http://{shown}:{port}/  (Ctrl-C stops it)")
    try:
        server.run()
    finally:
        server.close()
    say("Stopped.")


def _stop(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _warm_up() -> None:
    """Import what takes seconds before the first reader asks for it."""
    import scipy.special  # noqa: F401
    import statsmodels.stats.power  # noqa: F401
