"""What all tests stand on."""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models

ROOT = Path(settings.BASE_DIR)
GUARDS: list[Any] = [
    import_module(name) for name in ("gaps.migrations.0003_what_never_changes", "trials.migrations.0006_versions_never_change")
]


class UndefinedVariable(str):
    """Stands for a variable that a template asks for in vain: an error in our templates, silent in other people's."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key == "%s" or super().__contains__(str(key))

    def __mod__(self, variable: Any) -> str:
        context = sys._getframe(1).f_locals.get("context")
        origin = Path(getattr(getattr(getattr(context, "template", None), "origin", None), "name", "/"))
        if origin.is_relative_to(ROOT) and ".venv" not in origin.parts:
            raise AssertionError(f"{origin.name}: undefined variable {variable}")
        return ""


def pytest_configure() -> None:
    options: Any = settings.TEMPLATES[0]["OPTIONS"]
    options["string_if_invalid"] = UndefinedVariable("")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, for accounts that live for one test


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("LDN_LONG"):
        return
    skip = pytest.mark.skip(reason="long: run with python3 manage.py test --long")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)


@pytest.fixture
def guards_restored(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What the database refuses, refused again after a test that had to let go of it."""
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for guards in GUARDS:
            guards.make(None, editor)


@pytest.fixture
def transactional_db(guards_restored: None, transactional_db: None) -> Iterator[None]:
    """The database without a transaction around the test; rows that it never deletes are let go at the end, to empty it for the next."""
    yield
    with connection.schema_editor() as editor:
        for guards in GUARDS:
            guards.drop(None, editor)


@pytest.fixture(scope="session")
def register_rows() -> dict[type[models.Model], list[models.Model]]:
    """The rows of the register by model, empty until a test has loaded them; reading the fixture takes ten times as long as storing them."""
    return {}


@pytest.fixture
def register(db: None, register_rows: dict[type[models.Model], list[models.Model]]) -> None:
    """The seventeen gaps with their sources, and the evidence on them."""
    call_command("loaddata", "roles", verbosity=0)
    models_of_gaps = list(apps.get_app_config("gaps").get_models(include_auto_created=True))
    is_empty = not any(model._default_manager.exists() for model in models_of_gaps)
    if not register_rows or not is_empty:
        call_command("loaddata", "gaps", "evidence", verbosity=0)
        if is_empty:
            register_rows |= {model: list(model._default_manager.all()) for model in models_of_gaps}
        return
    for row in (row for rows in register_rows.values() for row in rows):
        row.save_base(raw=True, force_insert=True)  # as loaddata stores it
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models_of_gaps):
            cursor.execute(statement)


@pytest.fixture
def researcher(register: None) -> User:
    """A researcher, who may log gaps at the desk and draft protocols."""
    user = User.objects.create_user("researcher", password="a password for tests", is_staff=True)
    user.groups.add(Group.objects.get(name="Researchers"))
    return user


@pytest.fixture
def curator(register: None) -> User:
    """Somebody who keeps the register: edits every gap, merges, splits, prioritises and imports."""
    user = User.objects.create_user("curator", password="a password for tests", is_staff=True)
    user.groups.add(Group.objects.get(name="Curators"))
    return user


@pytest.fixture
def second_reader(register: None) -> User:
    """A reviewer, who verifies what others have logged and assesses the certainty of evidence."""
    user = User.objects.create_user("second reader", password="a password for tests")
    user.groups.add(Group.objects.get(name="Reviewers"))
    return user


@pytest.fixture
def scorer(register: None) -> User:
    """Somebody who votes in priority rounds, and nothing more."""
    user = User.objects.create_user("scorer", password="a password for tests")
    user.groups.add(Group.objects.get(name="Scorers"))
    return user


@pytest.fixture
def colleague(register: None) -> User:
    """Somebody who may sign in and draft protocols, and nothing more."""
    return User.objects.create_user("colleague", password="a password for tests")


@pytest.fixture
def reviewer(register: None) -> User:
    """Somebody who may read every protocol."""
    user = User.objects.create_user("reviewer", password="a password for tests")
    user.user_permissions.add(Permission.objects.get(codename="view_protocol"))
    return user


@pytest.fixture
def decisions(register: None) -> None:
    """What comes with the app beside: the log of proposals, provisional certainty and an open round."""
    call_command("loaddata", "decisions", verbosity=0)
