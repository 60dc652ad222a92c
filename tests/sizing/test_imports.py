"""The nouns are light: reading a plan needs neither SciPy nor statsmodels nor Django."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

HEAVY = ("scipy", "statsmodels", "django", "pandas")


@pytest.mark.parametrize(
    "module", ["trials.sizing", "trials.sizing.plan", "trials.sizing.answer", "trials.sizing.wording", "trials.sizing.reading"]
)
def test_importing_the_nouns_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR)

    assert found.stdout.strip() == "[]"


def test_sizing_loads_neither_statsmodels_nor_django() -> None:
    code = "import sys, trials.sizing.size, trials.sizing.sensitivity, trials.sizing.simulate; print([name for name in ('statsmodels', 'django') if name in sys.modules])"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR)

    assert found.stdout.strip() == "[]"


def test_the_check_would_notice_a_heavy_import() -> None:
    code = "import sys, scipy; print('scipy' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR)

    assert found.stdout.strip() == "True"


def test_no_module_of_the_engine_names_django() -> None:
    modules = sorted((Path(settings.BASE_DIR) / "trials" / "sizing").rglob("*.py"))

    assert len(modules) > 25
    assert [module.name for module in modules if "import django" in module.read_text() or "from django" in module.read_text()] == []


def test_the_examples_in_the_docstrings_hold() -> None:
    import doctest
    import importlib

    names = ["families", "design", "laws.power", "laws.boundaries", "information", "convert", "plan", "size", "reading", "simulate.setting"]
    results = [doctest.testmod(importlib.import_module(f"trials.sizing.{name}")) for name in names]

    assert sum(result.failed for result in results) == 0
    assert all(result.attempted for result in results)
