"""Promises of the whole house."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client

ROOT = Path(settings.BASE_DIR)
TOP_LEVEL = {
    "manage.py",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "requirements.lock",
    "requirements-test.lock",
    "ldnplanner",
    "gaps",
    "trials",
    "fixtures",
    "tests",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )


def tracked() -> list[str]:
    """Every file of the project."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return listed.stdout.splitlines()


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_top_level_holds_what_it_is_meant_to_hold() -> None:
    names = {name.split("/")[0] for name in tracked()}

    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_file_pins_by_hash_and_names_no_address(name: str) -> None:
    lock = (ROOT / name).read_text()

    pins = re.findall(r"^[a-z0-9-]+==", lock, re.MULTILINE)
    assert len(pins) >= 25
    assert lock.count("--hash=sha256:") > len(pins)
    assert "://" not in lock


def test_every_variable_of_the_environment_is_documented() -> None:
    code = "".join((ROOT / name).read_text() for name in tracked() if name.endswith((".py", "run")))
    used = set(re.findall(r"""["'\s](LDN_[A-Z_]+|DATABASE_URL)\b""", code))

    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))

    assert used == documented


def test_starting_a_command_loads_neither_scipy_nor_statsmodels() -> None:
    program = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'ldnplanner.settings'; django.setup(); import ldnplanner.urls; "
        "print(sorted({'scipy', 'statsmodels', 'pandas', 'typst'} & set(sys.modules)))"
    )

    done = run("-c", program)

    assert done.stdout.strip() == "[]", done.stderr


def test_the_demo_sets_everything_up_and_keeps_the_data_when_it_runs_again(tmp_path: Path) -> None:
    first = run("manage.py", "demo", "--check", LDN_DATA=str(tmp_path), DATABASE_URL="")
    second = run("manage.py", "demo", "--check", LDN_DATA=str(tmp_path), DATABASE_URL="")

    passwords = [re.search(r"researcher  with password  (\S+)", done.stdout) for done in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Sample data loaded." in first.stdout
    assert "The data of the last run is kept." in second.stdout
    assert passwords[0]
    assert passwords[1]
    assert passwords[0][1] == passwords[1][1]


@pytest.mark.parametrize(
    ("variable", "value"), [("LDN_HTTPS", "perhaps"), ("LDN_DEBUG", "2x"), ("DATABASE_URL", "nosuch://db"), ("LDN_DATA", "/proc/nowhere")]
)
def test_a_wrong_setting_is_named_with_its_value_and_the_remedy(variable: str, value: str) -> None:
    done = run("manage.py", "check", **{variable: value})

    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0
    assert variable in last
    assert value in last


def changes_many_rows(code: str, without_history: set[str]) -> list[str]:
    """The calls that change many rows at once, but for those on the manager of a model without a history."""
    found = []
    for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        many = verb in {"bulk_update", "bulk_create"} or (verb == "update" and call.keywords and not call.args)
        root: ast.AST = call.func
        while isinstance(root, ast.Attribute | ast.Call):
            root = root.value if isinstance(root, ast.Attribute) else root.func
        if many and not (isinstance(root, ast.Name) and root.id in without_history):
            found.append(ast.unparse(call))
    return found


def test_rows_with_a_history_are_saved_one_by_one() -> None:
    """The history of who changed what hears of ``save`` and ``delete`` only, not of changes to many rows at once."""
    without_history = {model.__name__ for model in apps.get_models() if not hasattr(model, "history")}
    files = [name for name in tracked() if re.match(r"(gaps|trials)/(?!.*migrations/).*\.py$", name)]

    found = [f"{name}: {call}" for name in files for call in changes_many_rows((ROOT / name).read_text(), without_history)]

    assert found == []
    assert len(files) >= 100
    for seen in ("Gap.objects.filter(pk=1).update(tier='A')", "gap.reasons.update(**fields)", "Source.objects.bulk_update(rows, ['doi'])"):
        assert changes_many_rows(seen, without_history) == [seen]
    assert changes_many_rows("Comment.objects.filter(pk=1).update(body='')\nwords.update({'a': 1})", without_history) == []


@pytest.mark.django_db
def test_every_page_that_can_be_reached_has_one_first_heading(client: Client, researcher: object) -> None:
    call_command("loaddata", "protocols", verbosity=0)
    client.force_login(researcher)  # type: ignore[arg-type]  # a User
    waiting, seen = ["/"], {}

    while waiting:
        address = waiting.pop()
        answer = client.get(address, follow=True)
        if not answer.headers["Content-Type"].startswith("text/html"):
            seen[address] = "file"
            continue
        text = answer.content.decode()
        seen[address] = f"{answer.status_code} h1 × {len(re.findall('<h1', text))}"
        links = re.findall(r'href="(/[^"#?]*)', text)
        waiting += [link for link in links if link not in seen and link not in waiting and not link.startswith(("/static/", "/admin/"))]

    assert {address: found for address, found in seen.items() if found not in {"200 h1 × 1", "file"}} == {}
    assert len(seen) >= 249
