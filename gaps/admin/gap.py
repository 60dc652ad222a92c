"""The desk's page for gaps."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gaps import status
from gaps.admin.decisions import CertaintyInline, StatusChangeInline, VerificationInline
from gaps.admin.evidence import EvidenceInline
from gaps.admin.gap_files import FileActions
from gaps.admin.gap_form import FIELDSETS, GapForm, possible_owners
from gaps.admin.gap_kin import KinActions
from gaps.admin.gap_list import DoseFilter, GapColumns, LetterFilter, OwnerFilter, VerificationFilter, for_desk
from gaps.admin.history import HistoryAdmin
from gaps.admin.parts import PassageInline, ReasonInline, SourceInline
from gaps.kin.likeness import nearly_the_same
from gaps.models import Gap
from gaps.models.queryset import GapQuerySet

PAGES = {
    "gap_detail": _("Question"),
    "gap_evidence": _("Evidence"),
    "gap_decisions": _("Decisions"),
    "gap_comments": _("Comments"),
    "gap_history": _("History"),
}
"""The pages of a gap on the site; one that is not there yet has no link."""


def page_links(gap: Gap) -> list[tuple[Any, str]]:
    """What the pages of a gap on the site are called, and where they are."""
    found = []
    for name, label in PAGES.items():
        try:
            found.append((label, reverse(name, args=[gap.uid])))
        except NoReverseMatch:
            continue
    return found


@admin.register(Gap)
class GapAdmin(KinActions, FileActions, GapColumns, HistoryAdmin[Gap]):
    form = GapForm
    fieldsets = FIELDSETS
    readonly_fields = ("uid", "next_moves", "created_by", "created_at", "updated_at", "merged_into")
    autocomplete_fields = ("parent",)
    inlines = (
        PassageInline,
        ReasonInline,
        SourceInline,
        EvidenceInline,
        CertaintyInline,
        VerificationInline,
        StatusChangeInline,
    )
    list_display = (
        "gap_shown",
        "reason_marks",
        "certainty_chip",
        "tier_shown",
        "status_shown",
        "owner",
        "comments_shown",
        "changed",
    )
    list_filter = (
        "status",
        VerificationFilter,
        "kind",
        LetterFilter,
        "tier",
        OwnerFilter,
        "effect_modifier",
        DoseFilter,
        "origin",
    )
    actions = ("propose", "withdraw", "reopen", "assign_owner", "set_tier", "split", "merge", "export_csv", "export_xlsx", "export_json")
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    search_fields = ("uid", "title", "question", "passages__quote", "sources__doi")
    search_help_text = _(
        "Words of the gap, its quotes, sources or studies, an identifier, a DOI or a registry’s number; all of them must occur."
    )
    ordering = ("uid",)
    change_form_template = "admin/gaps/gap/change_form.html"

    def get_queryset(self, request: HttpRequest) -> GapQuerySet:
        return for_desk(Gap.objects.visible_to(request.user)).order_by("uid")

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

    # The page of one gap

    def get_readonly_fields(self, request: HttpRequest, obj: Gap | None = None) -> list[str] | tuple[str, ...]:
        kept = super().get_readonly_fields(request, obj)
        return kept if request.user.has_perm("gaps.curate_gap") else (*kept, "tier", "tier_note")

    def get_fieldsets(self, request: HttpRequest, obj: Gap | None = None) -> Any:
        """Without what it is part of, or was merged into, where that is a draft of somebody else: it stays as it is, and is not told."""
        fieldsets = super().get_fieldsets(request, obj)
        hidden = {name for name, other in self._kin(obj).items() if other and not other.may_be_read_by(request.user)}
        if not hidden:
            return fieldsets
        return [(title, {**told, "fields": [name for name in told["fields"] if name not in hidden]}) for title, told in fieldsets]

    @staticmethod
    def _kin(gap: Gap | None) -> dict[str, Gap | None]:
        """The gaps that this one points at."""
        return {name: getattr(gap, name, None) for name in ("parent", "merged_into")}

    def get_form(self, request: HttpRequest, obj: Gap | None = None, change: bool = False, **kwargs: Any) -> Any:
        asked = kwargs.pop("fields", None) or flatten_fieldsets(self.get_fieldsets(request, obj))
        fields = [name for name in asked if name != "status"]  # a choice of the form, not a field of the row
        form = super().get_form(request, obj, change, fields=fields, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None), "user": request.user})

    def formfield_for_foreignkey(self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs["queryset"] = possible_owners()
        if db_field.name == "parent":
            kwargs["queryset"] = Gap.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("next moves"))
    def next_moves(self, gap: Gap) -> str:
        """Every move from here: who may make it, and what it still needs."""
        if not gap.pk:
            return str(_("Save it to see what is still needed before it can be proposed."))
        reader = getattr(gap, "read_by", None)
        return render_to_string("admin/gaps/gap/_moves.html", {"offers": status.offers(gap, reader)})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Gap | None:
        gap: Gap | None = super().get_object(request, object_id, from_field)
        if gap is not None:
            gap.read_by = request.user  # type: ignore[attr-defined]  # a field that is only read gets no request
        return gap

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        gap = context.get("original")
        elements = gap.epicot() if gap else []
        context |= {name: other if other and other.may_be_read_by(request.user) else None for name, other in self._kin(gap).items()}
        context |= {
            "elements": elements,
            "given": sum(1 for element in elements if element.text),
            "missing": [element.label for element in elements if not element.text],
            "pages": page_links(gap) if gap else [],
            "children": list(gap.children.visible_to(request.user).in_scope()) if gap else [],
        }
        return super().render_change_form(request, context, *args, **kwargs)

    # Saving

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
            obj.created_by = request.user  # type: ignore[assignment]  # signed in
            obj.owner = obj.owner or request.user  # type: ignore[assignment]  # signed in
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        gap = Gap.objects.get(pk=form.instance.pk)
        status.check_edited(gap)
        if form.cleaned_data["status"] != gap.status:
            status.move(gap, form.cleaned_data["status"], by=request.user)
        if {"title", "question"} & set(form.changed_data):
            self._point_to_likes(request, gap)

    def _point_to_likes(self, request: HttpRequest, gap: Gap) -> None:
        """Say which gaps ask nearly the same; whether they do is for people to judge, so nothing is held back."""
        likes = nearly_the_same(gap, request.user)
        if not likes:
            return
        linked = format_html_join(
            ", ", '<a href="{}">{} {}</a>', ((reverse("admin:gaps_gap_change", args=[like.pk]), like.uid, like.title) for like in likes)
        )
        words = ngettext("This gap asks nearly the same:", "These gaps ask nearly the same:", len(likes))
        advice = _now("If they are one question, a curator can merge them.")
        messages.warning(request, format_html("{} {}. {}", words, linked, advice))
