"""The tables of the import pages: the files, what failed, what would change, and every record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap, ImportBatch, Source, Study

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from gaps.exchange.decision import Decision
    from gaps.exchange.plan import Plan
    from gaps.exchange.register import Target

CARDS = {"class": "table table-hover stack cards"}
LABELLED = {"class": "table table-hover stack"}  # on a phone each cell says what it is


class ImportTable(tables.Table):
    """One row a file."""

    caption = _("Imported files")
    row_header = "file_name"

    file_name = tables.LinkColumn("import_detail", args=[tables.A("pk")], attrs={"a": {"class": "rowlink"}, "td": {"class": "full"}})
    format = tables.Column(verbose_name=_("Format"))
    uploaded_by = tables.Column(verbose_name=_("By"))
    uploaded_at = tables.DateTimeColumn(format="j M Y H:i", verbose_name=_("Uploaded"), attrs={"td": {"class": "nowrap"}})
    in_file = tables.Column(
        accessor="counts__in_file", orderable=False, verbose_name=_("Records"), attrs={"td": {"class": "r"}, "th": {"class": "r"}}
    )
    applied_at = tables.DateTimeColumn(
        format="j M Y H:i", verbose_name=_("Taken in"), default=_("not yet"), attrs={"td": {"class": "nowrap"}}
    )

    class Meta:
        model = ImportBatch
        fields = ("file_name", "format", "uploaded_by", "uploaded_at", "in_file", "applied_at")
        order_by = ("-uploaded_at",)
        attrs = CARDS


class FailureTable(tables.Table):
    """One row a record that cannot be taken in."""

    caption = _("Records that cannot be taken in")
    row_header = "name"

    line = tables.Column(verbose_name=_("Line"), attrs={"td": {"class": "r"}, "th": {"class": "r"}})
    name = tables.Column(verbose_name=_("Record"), attrs={"td": {"class": "full"}})
    field = tables.Column(verbose_name=_("Field"), default="–", attrs={"td": {"class": "nowrap"}})
    problem = tables.Column(verbose_name=_("What is wrong"), attrs={"td": {"class": "full"}})
    remedy = tables.Column(verbose_name=_("What to do"), attrs={"td": {"class": "full"}})

    class Meta:
        orderable = False
        attrs = LABELLED


class ChangeTable(tables.Table):
    """One row a field that the file says otherwise."""

    caption = _("Fields that the file says otherwise")
    row_header = "row"

    line = tables.Column(verbose_name=_("Line"), attrs={"td": {"class": "r"}, "th": {"class": "r"}})
    row = tables.Column(verbose_name=_("Row of the register"), attrs={"td": {"class": "full"}})
    field = tables.Column(verbose_name=_("Field"))
    old = tables.Column(verbose_name=_("In the register"), default=_("empty"), attrs={"td": {"class": "full"}})
    new = tables.Column(verbose_name=_("In the file"), attrs={"td": {"class": "full"}})
    outcome = tables.Column(verbose_name=_("Outcome"), attrs={"td": {"class": "nowrap"}})

    class Meta:
        orderable = False
        attrs = LABELLED


class RecordTable(tables.Table):
    """One row a record that was read, with what becomes of it."""

    caption = _("Records of the file")
    row_header = "name"

    line = tables.Column(verbose_name=_("Line"), attrs={"td": {"class": "r"}, "th": {"class": "r"}})
    name = tables.Column(verbose_name=_("In the file"), attrs={"td": {"class": "full"}})
    row = tables.Column(verbose_name=_("In the register"), default="–")
    verdict = tables.Column(verbose_name=_("Outcome"), attrs={"td": {"class": "nowrap"}})
    notes = tables.Column(verbose_name=_("Notes"), default="–", attrs={"td": {"class": "full"}})

    class Meta:
        orderable = False
        attrs = LABELLED


def change_rows(plan: Plan) -> list[dict[str, Any]]:
    """The changes of a plan, those that are taken first."""
    rows = [
        {**vars(change), "line": decision.record.line, "outcome": _("taken") if change.taken else _("register’s kept")}
        for decision in plan.decisions
        for change in decision.changes
    ]
    return sorted(rows, key=lambda row: (not row["taken"], row["line"]))


def record_rows(plan: Plan, user: User) -> LazyRows:
    """The records of a plan, each linked to its row of the register where there is one."""
    return LazyRows(plan.decisions, user)


class LazyRows:
    """The rows of many records; only those of the page that is shown are made."""

    def __init__(self, decisions: tuple[Decision, ...], user: User) -> None:
        self.decisions, self.user = decisions, user

    def __len__(self) -> int:
        return len(self.decisions)

    def __iter__(self) -> Any:
        return (self._row(decision) for decision in self.decisions)

    def __getitem__(self, at: Any) -> Any:
        found = self.decisions[at]
        return [self._row(decision) for decision in found] if isinstance(found, tuple) else self._row(found)

    def _row(self, decision: Decision) -> dict[str, Any]:
        record, target = decision.record, decision.target
        return {
            "line": record.line,
            "name": record.name,
            "verdict": decision.verdict.value,
            "notes": " ".join(record.notes),
            "row": linked(target, self.user) if target else "",
        }


def linked(target: Target, user: User) -> str:
    """The name of a row, as a link to its page where it is stored and this person may open it."""
    address = _address(target, user) if target.pk is not None else ""
    return format_html('<a href="{}">{}</a>', address, target.label()) if address else target.label()


def _address(target: Target, user: User) -> str:
    values = target.values
    if target.model is Gap:
        return reverse("gap_detail", args=[values["uid"]])
    if target.model is Study:
        try:
            return reverse("study_detail", args=[values["slug"]])
        except NoReverseMatch:
            return ""
    if target.model is Source and user.is_staff and user.has_perm("gaps.change_source"):
        return reverse("admin:gaps_source_change", args=[target.pk])
    return ""
