"""Files on their way into the register: the list of them, the upload, the columns of a table, and what would change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gaps.exchange import gaps_csv
from gaps.exchange.apply import NotTakenIn, plan_of, take_in
from gaps.exchange.decision import Verdict
from gaps.exchange.plan import Plan
from gaps.exchange.reading import read
from gaps.forms.imports import ColumnsForm, UploadForm
from gaps.models import ImportBatch
from gaps.tables.imports import ChangeTable, FailureTable, ImportTable, RecordTable, change_rows, record_rows
from ldnplanner.common.lists import paged
from ldnplanner.common.requests import SignedInRequest

may_import = permission_required("gaps.curate_gap", raise_exception=True)
REFUSED = 409


@require_safe
@may_import
def import_list(request: HttpRequest) -> HttpResponse:
    """Every file that was uploaded, the latest first."""
    batches = ImportBatch.objects.select_related("uploaded_by").defer("content")

    table = paged(request, ImportTable(batches, order_by=request.GET.getlist("sort") or None))

    return render(request, "gaps/import_list.html", {"table": table})


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_add(request: SignedInRequest) -> HttpResponse:
    """Upload a file; the register is not touched."""
    form = UploadForm(request.POST or None, request.FILES or None)

    if form.is_valid():
        batch = form.batch(request.user)
        reading = read(bytes(batch.content), batch.format, batch.mapping)
        batch.counts = reading.counts()
        batch.save()
        needs_columns = batch.format == ImportBatch.Format.GAPS_CSV and not gaps_csv.is_own(gaps_csv.look(bytes(batch.content)).columns)
        return redirect("import_columns" if needs_columns else "import_detail", pk=batch.pk)

    return render(request, "gaps/import_add.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which field each column of a CSV file holds."""
    batch = get_object_or_404(ImportBatch, pk=pk, format=ImportBatch.Format.GAPS_CSV, applied_at=None)
    table = gaps_csv.look(bytes(batch.content))

    form = ColumnsForm(table, batch.mapping, request.POST or None)

    if form.is_valid():
        batch.mapping = form.mapping()
        batch.counts = read(bytes(batch.content), batch.format, batch.mapping).counts()
        batch.save(update_fields=["mapping", "counts"])
        return redirect("import_detail", pk=batch.pk)

    return render(request, "gaps/import_columns.html", {"batch": batch, "form": form, "notes": table.notes})


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What taking the file in would change, and the button that does it; afterwards, what came of it."""
    batch = get_object_or_404(ImportBatch.objects.select_related("uploaded_by"), pk=pk)
    asked = request.POST if request.method == "POST" else request.GET
    overwrite, leave_failures = asked.get("overwrite") == "on", asked.get("leave_failures") == "on"
    problem = ""

    if request.method == "POST":
        try:
            plan = take_in(batch, request.user, overwrite=overwrite, leave_failures=leave_failures, shown=request.POST.get("digest", ""))
        except NotTakenIn as refusal:
            problem = refusal.messages[0]
        else:
            messages.success(request, _said(plan))
            return redirect("import_detail", pk=batch.pk)

    plan = plan_of(batch, request.user, overwrite=overwrite)
    return render(
        request,
        "gaps/import_detail.html",
        _shown(request, batch, plan, leave_failures=leave_failures, problem=problem),
        status=REFUSED if problem else 200,
    )


def _said(plan: Plan) -> str:
    if plan.changes_nothing():
        return _("The register says all of this already; nothing was changed.")
    new, changed = plan.count(Verdict.NEW), plan.count(Verdict.CHANGED)
    words = [ngettext("%(count)s new record", "%(count)s new records", new) % {"count": new}]
    words.append(ngettext("%(count)s changed", "%(count)s changed", changed) % {"count": changed})
    return _("Taken in: %(words)s.") % {"words": ", ".join(words)}


def _shown(request: SignedInRequest, batch: ImportBatch, plan: Plan, **more: Any) -> dict[str, Any]:
    failures = plan.failures()
    changes = change_rows(plan)
    earlier = (
        ImportBatch.objects.filter(content_sha256=batch.content_sha256, applied_at__isnull=False).exclude(pk=batch.pk).defer("content")
    )
    return {
        "batch": batch,
        "plan": plan,
        "counts": batch.counts if batch.applied_at else plan.counts(),
        "not_taken": len(failures),
        "good": plan.reading.in_file - len(failures),
        "digest": plan.digest(),
        "earlier": earlier.first(),
        "is_table": batch.format == ImportBatch.Format.GAPS_CSV,
        "failures": paged(request, FailureTable(failures, prefix="failures-")),
        "changes": paged(request, ChangeTable(changes, prefix="changes-")),
        "taken": sum(1 for change in changes if change["taken"]),
        "kept": sum(1 for change in changes if not change["taken"]),
        "records": paged(
            request, RecordTable(record_rows(plan, request.user), prefix="records-", exclude=("verdict",) if batch.applied_at else ())
        ),
        **more,
    }
