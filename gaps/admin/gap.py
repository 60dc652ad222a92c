"""The desk's page for gaps."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gaps import status
from gaps.admin.evidence import EvidenceInline
from gaps.admin.parts import PassageInline, ReasonInline, SourceInline
from gaps.models import Gap
from gaps.models.queryset import GapQuerySet
from gaps.models.reason import ReasonLetter

STATUS_SHAPES = {
    Gap.Status.DRAFT: "□",
    Gap.Status.PROPOSED: "◐",
    Gap.Status.VERIFIED: "●",
    Gap.Status.PRIORITISED: "●",
    Gap.Status.DESIGN_LINKED: "●",
    Gap.Status.IN_TRIAL: "●",
    Gap.Status.PARTLY_ANSWERED: "●",
    Gap.Status.ANSWERED: "●",
    Gap.Status.WITHDRAWN: "▲",
    Gap.Status.MERGED: "▲",
}


class GapForm(forms.ModelForm[Gap]):
    """A gap's own fields; only the statuses that it may take next are offered."""

    refusal: status.MoveRefused | None = None
    user: Any = None

    status = forms.ChoiceField(label=_("status"), help_text=_("Only the moves that you may make from here are offered."))

    class Meta:
        widgets = {
            name: forms.Textarea(attrs={"rows": 2, "cols": 90})
            for name in ("question", "population", "intervention", "comparator", "outcome", "origin_note", "withdrawn_reason")
        } | {"title": forms.TextInput(attrs={"size": 90}), "time_frame": forms.TextInput(attrs={"size": 90})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gap = self.instance if self.instance.pk else Gap(created_by=self.user)
        self.initial["status"] = gap.status
        if isinstance(field := self.fields.get("status"), forms.ChoiceField):
            by_action = {Gap.Status.MERGED}
            moves = [target for target in status.moves(gap, self.user) if target not in by_action]
            field.choices = [(target, target.label) for target in (Gap.Status(gap.status), *moves)]

    def clean_status(self) -> str:
        if self.refusal:
            raise self.refusal
        return str(self.cleaned_data["status"])


class WithdrawForm(forms.Form):
    """Why the chosen gaps are withdrawn."""

    withdrawn_reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("One sentence; it is shown on the page of each gap."),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 90}),
    )


class LetterFilter(admin.SimpleListFilter):
    """Gaps by the letter of any of their reasons."""

    title = _("reason")
    parameter_name = "letter"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Gap]) -> list[tuple[str, Any]]:
        return list(ReasonLetter.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Gap]) -> QuerySet[Gap]:
        return queryset if self.value() is None else queryset.filter(pk__in=Gap.objects.with_reason(str(self.value())))


@admin.register(Gap)
class GapAdmin(admin.ModelAdmin[Gap]):
    form = GapForm
    fieldsets = (
        (
            _("The question"),
            {
                "fields": ("uid", "title", "question", "kind"),
                "description": _(
                    "The title tells the gap apart in a list; the question is what its page is called. A draft may leave anything but the title empty."
                ),
            },
        ),
        (
            _("Its parts"),
            {
                "fields": ("population", "intervention", "comparator", "outcome", "time_frame", "time_frame_days"),
                "description": _(
                    "In the words of a trial. Comparison and time frame are what most records leave out; they decide whether a design can answer."
                ),
            },
        ),
        (
            _("Where it comes from"),
            {
                "fields": ("origin", "origin_note"),
                "description": _(
                    "A gap of the article needs the passage that raises it, below. A gap of our own says here what made us ask."
                ),
            },
        ),
        (
            _("Status"),
            {
                "fields": ("status", "still_needed", "withdrawn_reason"),
                "description": _(
                    "A draft is seen by us alone; a proposed or withdrawn gap by everybody. A gap is never deleted, but withdrawn with a reason."
                ),
            },
        ),
        (
            _("Record"),
            {
                "fields": ("created_by", "created_at", "updated_at"),
                "classes": ("collapse",),
                "description": _("Kept by the register itself."),
            },
        ),
    )
    readonly_fields = ("uid", "still_needed", "created_by", "created_at", "updated_at")
    inlines = (PassageInline, ReasonInline, SourceInline, EvidenceInline)
    list_display = ("uid", "title", "kind", "reason_marks", "status_shown", "changed")
    list_display_links = ("uid", "title")
    list_filter = ("status", "kind", LetterFilter, "origin")
    list_per_page = 50
    search_fields = ("uid", "title", "question", "passages__quote", "sources__doi")
    search_help_text = _("Words of the gap, its quotes or sources, an identifier or a DOI; all of them must occur.")
    ordering = ("uid",)
    actions = ("propose", "withdraw")

    def get_queryset(self, request: HttpRequest) -> GapQuerySet:
        return Gap.objects.visible_to(request.user).for_list().order_by("uid")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Gap], search_term: str) -> tuple[QuerySet[Gap], bool]:
        return queryset.filter(pk__in=Gap.objects.search(search_term)) if search_term else queryset, False

    def view_on_site(self, gap: Gap) -> str:
        return gap.get_absolute_url()

    def has_change_permission(self, request: HttpRequest, obj: Gap | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or Gap.objects.editable_by(request.user).filter(pk=obj.pk).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Gap | None = None) -> bool:
        return False  # an identifier that others have quoted must not vanish

    @admin.display(description=_("reasons"), ordering="primary_code")
    def reason_marks(self, gap: Gap) -> str:
        primary = [reason for reason in gap.reasons.all() if reason.primary]
        further = [reason for reason in gap.reasons.all() if not reason.primary]
        marks = [format_html('<strong class="rs first" title="{}">{}</strong>', reason.label(), reason.code) for reason in primary]
        marks += [format_html('<span class="rs" title="{}">{}</span>', reason.label(), reason.code) for reason in further]
        return format_html_join(" ", "{}", ((mark,) for mark in marks)) or "–"

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, gap: Gap) -> str:
        return format_html('<span class="tag nowrap">{} {}</span>', STATUS_SHAPES[Gap.Status(gap.status)], gap.get_status_display())

    @admin.display(description=_("changed"), ordering="updated_at")
    def changed(self, gap: Gap) -> date:
        return gap.updated_at.date()

    @admin.display(description=_("still needed"))
    def still_needed(self, gap: Gap) -> str:
        missing = gap.missing() if gap.pk else []
        if not missing:
            return (
                str(_("Nothing; it is complete.")) if gap.pk else str(_("Save it to see what is still needed before it can be proposed."))
            )
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((words,) for words in missing)))

    # Saving

    def get_form(self, request: HttpRequest, obj: Gap | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None), "user": request.user})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The form; a status that the saved rows do not allow is taken back and said at its field, with all that was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except status.MoveRefused as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            messages.error(request, refusal.messages[0])  # the field is far down the page
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Gap, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = obj.owner = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        gap = Gap.objects.get(pk=form.instance.pk)
        status.check_edited(gap)
        if form.cleaned_data["status"] != gap.status:
            status.move(gap, form.cleaned_data["status"], by=request.user)

    # Actions

    @admin.action(description=_("Propose the chosen gaps"), permissions=["change"])
    def propose(self, request: HttpRequest, queryset: QuerySet[Gap]) -> None:
        self._move_all(request, queryset, Gap.Status.PROPOSED)

    @admin.action(description=_("Withdraw the chosen gaps"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        form = WithdrawForm(request.POST if "apply" in request.POST else None)

        if form.is_valid():
            self._move_all(request, queryset, Gap.Status.WITHDRAWN, withdrawn_reason=form.cleaned_data["withdrawn_reason"])
            return None

        context = self.admin_site.each_context(request) | {"title": _("Withdraw gaps"), "opts": self.opts, "gaps": queryset, "form": form}
        return render(request, "admin/gaps/gap/withdraw.html", context)

    def _move_all(self, request: HttpRequest, queryset: QuerySet[Gap], target: Gap.Status, **fields: str) -> None:
        """Move each gap that may be moved, and say which ones were, and why the others were not."""
        moved: list[str] = []
        with transaction.atomic():
            for gap in queryset:
                for name, value in fields.items():
                    setattr(gap, name, value)
                try:
                    status.move(gap, target, by=request.user)
                except status.MoveRefused as refusal:
                    messages.warning(request, refusal.messages[0])
                else:
                    moved.append(gap.uid)
                    self.log_change(request, gap, [{"changed": {"fields": ["status"]}}])
        if moved:
            words = ngettext("%(count)s gap is now %(status)s: %(uids)s.", "%(count)s gaps are now %(status)s: %(uids)s.", len(moved))
            messages.success(request, words % {"count": len(moved), "status": str(target.label).lower(), "uids": ", ".join(moved)})
