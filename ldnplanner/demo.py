"""The sample data and the ready accounts of ``manage.py demo``."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction

from gaps.models import Gap

USERNAME = "researcher"
ROLES = {USERNAME: "Researchers", "reviewer": "Reviewers", "curator": "Curators", "scorer": "Scorers"}
AT_THE_DESK = {USERNAME, "curator"}


def load_sample_data() -> bool:
    """Load roles, gaps with their evidence, the account and an example protocol into an empty database; False when there is data already."""
    if Gap.objects.exists():
        return False
    with transaction.atomic():
        call_command("loaddata", "roles", "gaps", "evidence", "decisions", verbosity=0)
        ready_account()
        call_command("loaddata", "protocols", verbosity=0)
        call_command("populate_history", auto=True, verbosity=0)  # so that the first change can be told from what was loaded
    return True


def ready_account() -> str | None:
    """The password of the researcher's account, made at the first run; none when somebody has changed it since.

    One account a role is made with it, so that one person can try what takes two: logging a gap and verifying it.
    """
    kept = _password_file()
    password = kept.read_text() if kept.exists() else secrets.token_urlsafe(9)
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(password)
    for username, group in ROLES.items():
        user, is_new = get_user_model().objects.get_or_create(username=username, defaults={"is_staff": username in AT_THE_DESK})
        if is_new:
            user.set_password(password)
            user.save()
            user.groups.add(*Group.objects.filter(name=group))
    return password if get_user_model().objects.get(username=USERNAME).check_password(password) else None


def _password_file() -> Path:
    folder: Path = settings.DATA_DIR
    return folder / "demo-password"
