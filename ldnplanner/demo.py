"""The sample data and the ready account of ``manage.py demo``."""

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
GROUP = "Researchers"


def load_sample_data() -> bool:
    """Load roles, gaps with their evidence, the account and an example protocol into an empty database; False when there is data already."""
    if Gap.objects.exists():
        return False
    with transaction.atomic():
        call_command("loaddata", "roles", "gaps", "evidence", "decisions", verbosity=0)
        ready_account()
        call_command("loaddata", "protocols", verbosity=0)
    return True


def ready_account() -> str | None:
    """The password of the researcher's account, made at the first run; none when somebody has changed it since."""
    kept = _password_file()
    user, is_new = get_user_model().objects.get_or_create(username=USERNAME, defaults={"is_staff": True})
    if is_new:
        password = secrets.token_urlsafe(9)
        kept.touch(mode=0o600)
        kept.write_text(password)
        user.set_password(password)
        user.save()
        user.groups.add(*Group.objects.filter(name=GROUP))
        return password
    password = kept.read_text() if kept.exists() else ""
    return password if user.check_password(password) else None


def _password_file() -> Path:
    folder: Path = settings.DATA_DIR
    return folder / "demo-password"
