"""The demo as a newcomer meets it: started, read in, stopped."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.base import CommandError

from ldnplanner import serving


@contextmanager
def running_demo(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demo and the address that it prints; killed if a test leaves it running."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background would hand on that Ctrl-C is ignored
    demo = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "demo", "--port", "8400"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"LDN_DATA": str(data), "DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for line in demo.stdout or ():
            if found := re.search(r"Open\s+(\S+)", line):
                yield demo, found[1]
                break
    finally:
        demo.kill()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_serves_its_public_pages_and_stops_cleanly(ending: signal.Signals, tmp_path: Path) -> None:
    with running_demo(tmp_path) as (demo, address):
        pages = {
            path: urllib.request.urlopen(address.rstrip("/") + path).read().decode()
            for path in ("/", "/gaps/", "/gaps/GAP-0001/", "/help/")
        }
        style = urllib.request.urlopen(f"{address}static/css/app.css")
        demo.send_signal(ending)
        out, errors = demo.communicate(timeout=20)

    assert demo.returncode == 0
    assert "Stopped." in out
    assert "Traceback" not in errors
    assert style.status == 200
    assert all("<h1" in page for page in pages.values())


def test_a_port_in_use_is_left_for_the_next_free_one() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert port < serving.free_port("127.0.0.1", port) <= port + serving.PORTS_TRIED


def test_an_address_of_another_machine_is_refused_with_a_remedy() -> None:
    with pytest.raises(CommandError, match="Choose another"):
        serving.free_port("192.0.2.1", 8000)
