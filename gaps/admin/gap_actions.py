"""What is done at the desk to several gaps at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gaps import status
from gaps.admin.gap_form import explain_tier, keep_tier, possible_owners
from gaps.models import Gap

SENTENCE = forms.Textarea(attrs={"rows": 2, "cols": 90})


class WithdrawForm(forms.Form):
    """Why the chosen gaps are withdrawn."""

    withdrawn_reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("One sentence; it is shown on the page of each gap."), widget=SENTENCE
    )


class TierForm(forms.Form):
    """The tier of the chosen gaps, and why."""

    tier = forms.ChoiceField(label=_("Tier"), required=False, choices=[("", _("none")), *Gap.Tier.choices], widget=forms.RadioSelect)
    tier_note = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("Needed unless each of the gaps was in a closed priority round."),
        widget=SENTENCE,
    )

    def __init__(self, *args: Any, gaps: QuerySet[Gap], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gaps = gaps

    def clean_tier(self) -> str:
        tier = str(self.cleaned_data["tier"])
        keep_tier(tier, self.gaps)
        return tier

    def clean_tier_note(self) -> str:
        note = str(self.cleaned_data["tier_note"])
        explain_tier(self.cleaned_data.get("tier", ""), note, self.gaps)
        return note


class OwnerForm(forms.Form):
    """Who takes care of the chosen gaps."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), help_text=_("Who owns a gap may edit it until it is verified, and cannot verify it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = possible_owners()  # type: ignore[attr-defined]  # a ModelChoiceField


class GapActions(admin.ModelAdmin[Gap]):
    """Actions that move gaps, and say who takes care of them and which come first."""

    def has_curate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gaps.curate_gap")

    # Moves

    @admin.action(description=_("Propose the chosen gaps"), permissions=["change"])
    def propose(self, request: HttpRequest, queryset: QuerySet[Gap]) -> None:
        self._move_all(request, queryset, lambda _gap: Gap.Status.PROPOSED)

    @admin.action(description=_("Reopen the chosen gaps"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Gap]) -> None:
        """A withdrawn gap is a draft again; a verified one that must be looked at again is proposed again."""
        self._move_all(request, queryset, lambda gap: Gap.Status.DRAFT if gap.status == Gap.Status.WITHDRAWN else Gap.Status.PROPOSED)

    @admin.action(description=_("Withdraw the chosen gaps …"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        form = WithdrawForm(answered(request))

        if form.is_valid():
            self._move_all(request, queryset, lambda _gap: Gap.Status.WITHDRAWN, **form.cleaned_data)
            return None

        explanation = _now("A withdrawn gap keeps its page, where everybody can read the reason. It can be made a draft again.")
        return self.ask(request, queryset, form, "withdraw", _now("Withdraw gaps"), explanation)

    def _move_all(self, request: HttpRequest, queryset: QuerySet[Gap], target_of: Callable[[Gap], Gap.Status], **fields: str) -> None:
        """Move each gap that may be moved, and say which ones were, and why the others were not."""
        moved: dict[Gap.Status, list[str]] = {}
        with transaction.atomic():
            for gap in queryset:
                target = target_of(gap)
                for name, value in fields.items():
                    setattr(gap, name, value)
                try:
                    status.move(gap, target, by=request.user)
                except status.MoveRefused as refusal:
                    messages.warning(request, refusal.messages[0])
                else:
                    moved.setdefault(target, []).append(gap.uid)
                    self.log_change(request, gap, [{"changed": {"fields": ["status"]}}])
        for target, uids in moved.items():
            words = ngettext("%(count)s gap is now %(status)s: %(uids)s.", "%(count)s gaps are now %(status)s: %(uids)s.", len(uids))
            messages.success(request, words % {"count": len(uids), "status": str(target.label).lower(), "uids": ", ".join(uids)})

    # Who, and what comes first

    @admin.action(description=_("Give the chosen gaps an owner …"), permissions=["change"])
    def assign_owner(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        form = OwnerForm(answered(request))

        if form.is_valid():
            owner = form.cleaned_data["owner"]
            uids = self._save_all(request, queryset, owner=owner)
            words = ngettext("%(owner)s now owns %(count)s gap: %(uids)s.", "%(owner)s now owns %(count)s gaps: %(uids)s.", len(uids))
            return self.tell(request, uids, words % {"owner": owner, "count": len(uids), "uids": ", ".join(uids)})

        explanation = _now("The owner sees to it that something happens. The earlier owner stays in the history.")
        return self.ask(request, queryset, form, "assign_owner", _now("Give gaps an owner"), explanation)

    @admin.action(description=_("Set the tier of the chosen gaps …"), permissions=["curate"])
    def set_tier(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        form = TierForm(answered(request), gaps=queryset)

        if form.is_valid():
            tier = form.cleaned_data["tier"]
            uids = self._save_all(request, queryset, **form.cleaned_data)
            words = ngettext("%(count)s gap is in %(tier)s: %(uids)s.", "%(count)s gaps are in %(tier)s: %(uids)s.", len(uids))
            named = _now("tier {tier}").format(tier=tier) if tier else _now("no tier")
            return self.tell(request, uids, words % {"count": len(uids), "tier": named, "uids": ", ".join(uids)})

        explanation = _now("Tiers say what comes first, with a reason that readers see. The status stays as it is.")
        return self.ask(request, queryset, form, "set_tier", _now("Set the tier"), explanation)

    def _save_all(self, request: HttpRequest, queryset: QuerySet[Gap], **fields: Any) -> list[str]:
        """Set these fields of each gap that this person may edit, row by row so that the history has it, and name the others."""
        editable = set(Gap.objects.editable_by(request.user).filter(pk__in=queryset.values("pk")).values_list("pk", flat=True))
        saved = []
        with transaction.atomic():
            for gap in queryset:
                if gap.pk not in editable:
                    messages.warning(request, not_yours(gap))
                    continue
                for name, value in fields.items():
                    setattr(gap, name, value)
                gap.save()
                self.log_change(request, gap, [{"changed": {"fields": list(fields)}}])
                saved.append(gap.uid)
        return saved

    @staticmethod
    def tell(request: HttpRequest, done: Iterable[Any], words: str) -> HttpResponse | None:
        """Say what was done, if anything was; the list follows."""
        if list(done):
            messages.success(request, words)
        return None

    @staticmethod
    def refuse(request: HttpRequest, words: str) -> HttpResponse | None:
        messages.warning(request, words)
        return None

    def ask(
        self,
        request: HttpRequest,
        queryset: QuerySet[Gap],
        form: forms.Form,
        action: str,
        title: str,
        explanation: str = "",
        template: str = "admin/gaps/gap/act.html",
        **context: Any,
    ) -> HttpResponse:
        """The page that asks what an action needs to know before it acts."""
        asked = {"title": title, "explanation": explanation, "action": action, "form": form, "gaps": queryset, "opts": self.opts}
        nothing_planned: dict[str, Any] = {"survivor": None, "plans": []}
        return render(request, template, self.admin_site.each_context(request) | asked | nothing_planned | context)


def answered(request: HttpRequest) -> Any:
    return request.POST if "apply" in request.POST else None


def not_yours(gap: Gap) -> str:
    return _now("{gap} is {status}, and not yours to edit.").format(gap=gap.uid, status=str(gap.get_status_display()).lower())
