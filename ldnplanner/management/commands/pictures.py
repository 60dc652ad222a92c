"""``manage.py pictures``: the README's pictures, taken of the demo itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ldnplanner import demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(settings.BASE_DIR) / "ldnplanner" / "pictures"
DESKTOP, PHONE = (1280, 1100), (390, 844)
PICTURES = {
    "home": ("/", DESKTOP),
    "map": ("/gaps/map/?cell=women-with-fibromyalgia,mean-pain", (1280, 1500)),
    "gap": ("/gaps/GAP-0017/", DESKTOP),
    "evidence": ("/gaps/GAP-0017/evidence/", (1280, 1300)),
    "draft": ("/protocols/PRO-0001/edit/", DESKTOP),
    "draft-phone": ("/protocols/PRO-0001/edit/", PHONE),
    "report": ("/protocols/sizings/SIZ-0001/", DESKTOP),
}


class Command(BaseCommand):
    """Starts the demo on fresh data, signs in, and photographs the pages with a headless Chromium."""

    help = "Take the README's pictures (needs Chromium and the test environment)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=FOLDER, help="folder for the pictures")

    def handle(self, *, to: Path, **options: Any) -> None:
        from playwright.sync_api import sync_playwright

        program = os.environ.get("LDN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        if program is None:
            raise CommandError("No Chromium found: install one (Debian: apt install chromium) or name it in LDN_CHROMIUM.")
        to.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
            server = subprocess.Popen(
                [sys.executable, "-u", "manage.py", "demo", "--port", "8100"],
                cwd=settings.BASE_DIR,
                env=os.environ | {"LDN_DATA": data},
                stdout=subprocess.PIPE,
                text=True,
            )
            try:
                address, password = self._told(server)
                browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
                self._take(browser, address, password, to)
                browser.close()
            finally:
                server.terminate()
                server.wait(timeout=20)

    def _told(self, server: subprocess.Popen[str]) -> tuple[str, str]:
        """The address and the password that the demo prints."""
        password = ""
        for line in server.stdout or ():
            if found := re.search(r"with password\s+(\S+)", line):
                password = found[1]
            if found := re.search(r"Open\s+(\S+)/", line):
                return found[1], password
        raise CommandError("The demo stopped before it printed its address.")

    def _take(self, browser: Browser, address: str, password: str, folder: Path) -> None:
        page = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
        page.goto(f"{address}/account/")
        page.get_by_label("Username").fill(demo.USERNAME)
        page.get_by_label("Password").fill(password)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        for name, (path, (width, height)) in PICTURES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(address + path)
            page.screenshot(path=folder / f"{name}.png")
            self.stdout.write(f"{name}.png  {path}")
