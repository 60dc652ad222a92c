"""How one gap is split, and several are merged, at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gaps.admin.gap_actions import GapActions, answered, not_yours
from gaps.kin import merging
from gaps.kin.splitting import read_doses, split_by_dose
from gaps.models import Gap

MOST_MERGED = 20


class SplitForm(forms.Form):
    """The doses for which a gap gets parts."""

    doses = forms.CharField(
        label=_("Doses"), max_length=200, help_text=_("Naltrexone in mg a day, with commas between them, such as 1.5, 3, 4.5.")
    )

    def clean_doses(self) -> list[float]:
        return read_doses(self.cleaned_data["doses"])


class MergeForm(forms.Form):
    """Which of the gaps stays."""

    survivor = forms.ChoiceField(label=_("The gap that stays"), required=False, widget=forms.RadioSelect)
    other = forms.CharField(label=_("or another one"), required=False, max_length=12, help_text=_("Its identifier, such as GAP-0003."))

    def __init__(self, *args: Any, gaps: QuerySet[Gap], user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gaps, self.user = gaps, user
        if isinstance(field := self.fields["survivor"], forms.ChoiceField):
            field.choices = [(gap.uid, f"{gap.uid} {gap.title}") for gap in gaps]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        uid = str(found.get("other") or found.get("survivor") or "").strip().upper()
        survivor = Gap.objects.visible_to(self.user).filter(uid=uid).first()
        if not uid:
            raise ValidationError(_("Choose the gap that stays."), code="none")
        if survivor is None:
            raise ValidationError(_("There is no gap %(uid)s."), code="unknown", params={"uid": uid})
        merged = [gap for gap in self.gaps if gap != survivor]
        if not merged:
            raise ValidationError(_("Choose a second gap, or name another one that stays."), code="one")
        return found | {"survivor": survivor, "merged": merged}


class KinActions(GapActions):
    """Actions that make several gaps of one, and one of several."""

    @admin.action(description=_("Split the chosen gap by dose …"), permissions=["change", "add"])
    def split(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        gap = queryset.first()
        if gap is None or len(queryset) > 1:
            return self.refuse(request, _now("Choose one gap to split."))
        if not Gap.objects.editable_by(request.user).filter(pk=gap.pk).exists():
            return self.refuse(request, not_yours(gap))
        form = SplitForm(answered(request))

        if form.is_valid():
            try:
                parts = split_by_dose(gap, form.cleaned_data["doses"], by=request.user)  # type: ignore[arg-type]  # signed in
            except ValidationError as error:
                form.add_error("doses", error.messages)
            else:
                for part in parts:
                    self.log_addition(request, part, [{"added": {}}])
                words = _now("%(gap)s now has these parts, each a draft of yours: %(parts)s.")
                return self.tell(request, parts, words % {"gap": gap.uid, "parts": ", ".join(part.uid for part in parts)})

        explanation = _now(
            "Each dose becomes a draft of yours that is part of this gap, with its words, passages, reasons, sources and evidence. "
            "The gap itself stays as it is."
        )
        return self.ask(request, queryset, form, "split", _now("Split by dose"), explanation)

    @admin.action(description=_("Merge the chosen gaps …"), permissions=["curate"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Gap]) -> HttpResponse | None:
        if len(queryset) > MOST_MERGED:
            return self.refuse(request, _now("Merge at most {most} gaps at a time.").format(most=MOST_MERGED))
        form = MergeForm(request.POST if {"show", "apply"} & set(request.POST) else None, gaps=queryset, user=request.user)
        context: dict[str, Any] = {}

        if form.is_valid():
            survivor, merged = form.cleaned_data["survivor"], form.cleaned_data["merged"]
            context = {"survivor": survivor, "plans": [(gap, merging.links(gap, survivor), merging.stays(gap)) for gap in merged]}
            if "apply" in request.POST and self._merge_all(request, merged, survivor):
                uids = [gap.uid for gap in merged]
                words = ngettext("%(uids)s was merged into %(survivor)s.", "%(uids)s were merged into %(survivor)s.", len(uids))
                return self.tell(request, uids, words % {"uids": ", ".join(uids), "survivor": survivor})

        return self.ask(request, queryset, form, "merge", _now("Merge gaps"), template="admin/gaps/gap/merge.html", **context)

    def _merge_all(self, request: HttpRequest, merged: list[Gap], survivor: Gap) -> bool:
        """Merge all of them or, when one is refused, none; say which."""
        try:
            with transaction.atomic():
                for gap in merged:
                    merging.merge(gap, survivor, by=request.user)  # type: ignore[arg-type]  # signed in
                    self.log_change(request, gap, [{"changed": {"fields": ["status", "merged_into"]}}])
                self.log_change(request, survivor, _now("Merged with {gaps}.").format(gaps=", ".join(gap.uid for gap in merged)))
        except ValidationError as error:
            messages.error(request, _now("Nothing was merged. {why}").format(why=" ".join(error.messages)))
            return False
        return True
