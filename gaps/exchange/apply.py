"""Taking a file in: planned once more and written in one transaction, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from gaps import status
from gaps.exchange.plan import Plan, make_plan
from gaps.exchange.reading import read
from gaps.exchange.register import Target
from gaps.models import GapReason, ImportBatch, Source

if TYPE_CHECKING:
    from django.contrib.auth.models import User

AT_ONCE = 500


class NotTakenIn(ValidationError):  # noqa: N818  (reads as what happened)
    """The file was not taken in, and nothing was changed; its message says why."""


class PlanChanged(NotTakenIn):
    """The register has changed since the dry run; the new plan is to be looked at first."""


def plan_of(batch: ImportBatch, by: User, *, overwrite: bool = False) -> Plan:
    """What taking this file in would change, as the register is now."""
    return make_plan(read(bytes(batch.content), batch.format, batch.mapping), by, overwrite=overwrite)


def take_in(batch: ImportBatch, by: User, *, overwrite: bool = False, leave_failures: bool = False, shown: str | None = None) -> Plan:
    """Write what the file changes, all of it or nothing.

    Parameters
    ----------
    leave_failures
        Whether the good records are taken in where others have failed; without it one failure keeps the whole file out.
    shown
        The digest of the plan that the person has seen.

    Raises
    ------
    PlanChanged
        When the plan is another one by now.
    NotTakenIn
        When a record has failed, or the database refuses a row.
    """
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            plan = plan_of(batch, by, overwrite=overwrite)
            _check(plan, leave_failures=leave_failures, shown=shown)
            write(plan, by, reason=f"{_('Import')} {batch.pk}: {batch.file_name}"[:100])
            batch.counts = plan.counts()
            batch.applied_at = timezone.now()
            batch.save(update_fields=["counts", "applied_at"])
    except IntegrityError as error:
        message = _("The database refuses a row (%(what)s); nothing was taken in.")
        raise NotTakenIn(message, code="refused", params={"what": error}) from error
    except status.MoveRefused as error:
        raise NotTakenIn(_("%(what)s Nothing was taken in."), code="refused", params={"what": error.messages[0]}) from error
    return plan


def _check(plan: Plan, *, leave_failures: bool, shown: str | None) -> None:
    if shown is not None and shown != plan.digest():
        raise PlanChanged(
            _("The register has changed since this page was shown, and so has what the file would change. Look at it once more.")
        )
    failed = len(plan.failures())
    if failed and not leave_failures:
        message = _(
            "%(failed)s of %(in_file)s records cannot be taken in, so none was. Correct them in the file, or choose to leave them out."
        )
        raise NotTakenIn(message, code="failures", params={"failed": failed, "in_file": plan.reading.in_file})


def write(plan: Plan, by: User, reason: str) -> None:
    """Store the rows of a plan, with their history; sources many at a time, as files hold thousands of them."""
    told = {"default_user": by, "default_change_reason": reason}
    sources = [target for target in plan.targets if target.model is Source]
    new = [target.instance for target in sources if target.pk is None]
    bulk_create_with_history(new, Source, batch_size=AT_ONCE, **told)
    changed = [target for target in sources if target.changed]
    if changed:
        fields = sorted({name for target in changed for name in target.changed})
        bulk_update_with_history([target.instance for target in changed], Source, fields, batch_size=AT_ONCE, **told)
    others = [target for target in plan.targets if target.model is not Source]
    others.sort(key=lambda target: target.model is GapReason and bool(target.changed) and not target.values["primary"], reverse=True)
    for target in others:
        if target.pk is None or target.changed:
            _save(target, by, reason)
    for target in plan.targets:
        for name, linked in target.linked.items():
            getattr(target.instance, name).add(*(other.instance or other.pk for other in linked))
        if target.move:
            status.move(target.instance, target.move, by=by, note=reason)


def _save(target: Target, by: User, reason: str) -> None:
    instance: Any = target.instance
    instance._history_user, instance._change_reason = by, reason  # noqa: SLF001  (django-simple-history's names)
    instance.save()
