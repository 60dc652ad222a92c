"""What is asked of a gap at the desk, and with which words of explanation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gaps import status
from gaps.models import Gap, PriorityRound

FIELDSETS: Any = (
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
            "fields": ("population", "intervention", "comparator", "outcome", "time_frame", "time_frame_days", "setting"),
            "description": _(
                "In the words of a trial. Comparison and time frame are what most records leave out; they decide whether a design can answer."
            ),
        },
    ),
    (
        _("What the map and the planner need"),
        {
            "fields": (
                ("population_group", "outcome_domain"),
                "effect_modifier",
                ("dose_low_mg", "dose_high_mg"),
                ("target_difference", "tolerated_rate"),
            ),
            "description": _(
                "The same in words and numbers that gaps and studies share. Population and outcome place the gap on the map; the difference "
                "that matters, or for harms the rate that is tolerated, says how much information would be enough."
            ),
        },
    ),
    (
        _("What makes it a recommendation"),
        {
            "fields": ("evidence_summary", "searched_date", "burden", "study_type"),
            "description": _(
                "What EPICOT+ asks of a research recommendation besides the parts above: what is known and as of when, whom it concerns, "
                "and which study would answer."
            ),
        },
    ),
    (
        _("What guidance makers ask"),
        {
            "fields": ("guidance_relevance", "external_priorities", "equality"),
            "description": _(
                "For the rationale table of NICE: how much guidance waits for the answer, whose priority it is, and whom the evidence has left out."
            ),
            "classes": ("collapse",),
        },
    ),
    (
        _("Where it comes from"),
        {
            "fields": ("origin", "origin_note"),
            "description": _("A gap of the article needs the passage that raises it, below. A gap of our own says here what made us ask."),
        },
    ),
    (
        _("Who takes care of it"),
        {
            "fields": (("owner", "next_action"), "parent", ("tier", "tier_note")),
            "description": _(
                "The owner sees to it that something happens, and may edit the record until it is verified. Curators set the tier, "
                "from a closed priority round or with a reason."
            ),
        },
    ),
    (
        _("Status"),
        {
            "fields": ("status", "next_moves", "withdrawn_reason"),
            "description": _(
                "A draft is seen by us alone, every other gap by everybody. A gap is never deleted, but withdrawn with a reason, or merged into another."
            ),
        },
    ),
    (
        _("Record"),
        {
            "fields": ("created_by", "created_at", "updated_at", "merged_into"),
            "classes": ("collapse",),
            "description": _("Kept by the register itself."),
        },
    ),
)

SENTENCES = (
    "question",
    "population",
    "intervention",
    "comparator",
    "outcome",
    "study_type",
    "external_priorities",
    "equality",
    "next_action",
    "tier_note",
    "origin_note",
    "withdrawn_reason",
)


def possible_owners() -> QuerySet[User]:
    """Those who may edit gaps, and those who own one."""
    able = User.objects.with_perm("gaps.change_gap", backend="django.contrib.auth.backends.ModelBackend")
    return User.objects.filter(Q(pk__in=able.values("pk")) | Q(pk__in=Gap.objects.values("owner"))).order_by("username")


def explain_tier(tier: str, note: str, gaps: QuerySet[Gap]) -> None:
    """Refuse a tier that has neither a reason nor, for every one of these gaps, a closed round to rest on."""
    if not tier or note.strip():
        return
    without = gaps.exclude(priority_rounds__in=PriorityRound.objects.closed())
    if without.exists():
        raise ValidationError(
            _("Say why: %(gaps)s was in no closed priority round."),
            code="tier",
            params={"gaps": ", ".join(without.values_list("uid", flat=True)[:5])},
        )


def keep_tier(tier: str, gaps: QuerySet[Gap]) -> None:
    """Refuse to take the tier away from a gap that is prioritised by it."""
    prioritised = [] if tier else list(gaps.filter(status=Gap.Status.PRIORITISED).values_list("uid", flat=True)[:5])
    if prioritised:
        raise ValidationError(
            _("A prioritised gap has a tier; choose another one for %(gaps)s."), code="tier", params={"gaps": ", ".join(prioritised)}
        )


class StatusField(forms.ChoiceField):
    """Offers the moves that somebody may make; why another one is refused the table of moves says better than a list of choices."""

    def valid_value(self, value: Any) -> bool:
        return value in Gap.Status.values


class GapForm(forms.ModelForm[Gap]):
    """A gap's own fields; only the statuses that it may take next are offered."""

    refusal: status.MoveRefused | None = None
    user: Any = None

    status = StatusField(label=_("Status"), help_text=_("Only the moves that you may make from here are offered."))

    class Meta:
        widgets = (
            {name: forms.Textarea(attrs={"rows": 2, "cols": 90}) for name in SENTENCES}
            | {name: forms.Textarea(attrs={"rows": 5, "cols": 90}) for name in ("evidence_summary", "burden")}
            | {name: forms.TextInput(attrs={"size": 90}) for name in ("title", "time_frame", "setting")}
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gap = self.instance if self.instance.pk else Gap(created_by=self.user)
        self.initial["status"] = gap.status
        if isinstance(field := self.fields.get("status"), StatusField):
            by_action = {Gap.Status.MERGED}  # which gap takes over is chosen in the list
            moves = [target for target in status.moves(gap, self.user) if target not in by_action]
            field.choices = [(target, target.label) for target in (Gap.Status(gap.status), *moves)]

    def clean_status(self) -> str:
        if self.refusal:
            raise self.refusal
        target = str(self.cleaned_data["status"])
        gap = self.instance if self.instance.pk else Gap(created_by=self.user)
        if target not in {gap.status, *status.moves(gap, self.user)}:
            status.check(gap, target, self.user)  # says why
        return target

    def clean_tier(self) -> str:
        tier = str(self.cleaned_data["tier"])
        keep_tier(tier, Gap.objects.filter(pk=self.instance.pk))
        return tier

    def clean_tier_note(self) -> str:
        note = str(self.cleaned_data["tier_note"])
        if {"tier", "tier_note"} & set(self.changed_data) and self.cleaned_data.get("tier"):
            explain_tier(self.cleaned_data["tier"], note, Gap.objects.filter(pk=self.instance.pk))
        return note
