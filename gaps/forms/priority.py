"""What curators set up, and what scorers fill in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from gaps.models import Ballot, Gap, PriorityRound, Vote
from gaps.models.priority import LONGEST_KEY
from gaps.priority.jla import MOST_RANKED
from gaps.rounds.course import free_slug
from ldnplanner.common.forms import mark_controls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.forms.boundfield import BoundField

MOST_CRITERIA = 12
EMPTY_ROWS = 2
NOT_INFORMED = ""
ANSWERS = [*Vote.Score.choices, (NOT_INFORMED, _("Not informed enough"))]


class CriterionForm(forms.Form):
    """One criterion: what scorers are asked of every gap, and how much it counts. A row left without a name is no criterion."""

    key = forms.CharField(required=False, max_length=LONGEST_KEY, widget=forms.HiddenInput)
    label = forms.CharField(label=_("Name"), required=False, max_length=LONGEST_KEY)
    question = forms.CharField(label=_("Question to the scorers"), required=False, max_length=200)
    weight = forms.FloatField(label=_("Weight"), required=False, validators=[MaxValueValidator(1000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark_controls(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("label"):
            if cleaned.get("question"):
                self.add_error("label", _("Name this criterion in a word or two, or take its question away."))
            return cleaned
        if not cleaned.get("question") and "question" not in self.errors:
            self.add_error("question", _("Ask one question that yes or no can answer."))
        if "weight" not in self.errors and (cleaned.get("weight") is None or cleaned["weight"] <= 0):
            self.add_error("weight", _("A weight is a number above 0, such as 1; leave the name empty to drop the criterion."))
        return cleaned


class BaseCriterionFormSet(forms.BaseFormSet[CriterionForm]):
    """The criteria of a round, in order."""

    def clean(self) -> None:
        if any(self.errors):
            return
        named = [form.cleaned_data["label"] for form in self.forms if form.cleaned_data.get("label")]
        if not named:
            raise ValidationError(_("Ask for at least one criterion."), code="no_criterion")
        if twice := {label for label in named if [other.casefold() for other in named].count(label.casefold()) > 1}:
            raise ValidationError(_("Two criteria are called %(label)s; give each a name of its own."), params={"label": min(twice)})

    def as_criteria(self) -> list[dict[str, Any]]:
        """The rows as a round stores them; a key is kept, so that a criterion may be renamed."""
        rows: list[dict[str, Any]] = []
        for form in self.forms:
            data = form.cleaned_data
            if not data.get("label"):
                continue
            taken = {row["key"] for row in rows}
            stem = data["key"] or slugify(data["label"]).replace("-", "_")[: LONGEST_KEY - 3] or "criterion"
            key = next(key for key in (stem, *(f"{stem}_{n}" for n in range(2, MOST_CRITERIA + 2))) if key not in taken)
            rows.append({"key": key, "label": data["label"], "question": data["question"], "weight": data["weight"]})
        return rows


CriterionFormSet: type[BaseCriterionFormSet] = forms.formset_factory(  # type: ignore[assignment]  # its base is ours
    CriterionForm, formset=BaseCriterionFormSet, extra=EMPTY_ROWS, max_num=MOST_CRITERIA, validate_max=True
)


class RoundForm(forms.ModelForm[PriorityRound]):
    """What a round asks, with its criteria; which gaps it asks about is chosen on a page of its own."""

    class Meta:
        model = PriorityRound
        fields = ("name", "purpose", "method", "blinded")
        help_texts = {"blinded": _("Nobody sees answers but their own, or any result, before the round is closed.")}
        widgets = {"method": forms.RadioSelect, "purpose": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, data: Any = None, *, instance: PriorityRound) -> None:
        super().__init__(data, instance=instance)
        self.fields["method"].choices = PriorityRound.Method.choices  # type: ignore[attr-defined]  # without an empty one
        self.fields["purpose"].required = True
        mark_controls(self)
        self.criteria = CriterionFormSet(data, prefix="criteria", initial=instance.criteria)

    @property
    def asks_for_scores(self) -> bool:
        return bool(self["method"].value() != PriorityRound.Method.JLA)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("method") == PriorityRound.Method.CHNRI:
            if self.criteria.is_valid():
                self.instance.criteria = self.criteria.as_criteria()
            else:
                raise ValidationError(_("Look at the criteria again."), code="criteria")
        return cleaned

    def save(self, commit: bool = True) -> PriorityRound:
        if not self.instance.slug:
            self.instance.slug = free_slug(self.instance.name)
        return super().save(commit)


class BallotForm(forms.ModelForm[Ballot]):
    """One person's ballot; a subclass asks for scores, or for ranks."""

    asked: Sequence[Gap]

    class Meta:
        model = Ballot
        fields = ("constituency",)
        labels = {"constituency": _("You answer as one of")}

    def __init__(self, data: Any = None, *, instance: Ballot, asked: Sequence[Gap]) -> None:
        super().__init__(data, instance=instance)
        self.asked = asked
        self.fields["constituency"].choices = [("", _("Choose")), *Ballot.Constituency.choices]  # type: ignore[attr-defined]
        self.add_fields(list(instance.votes.all()) if instance.pk else [])
        mark_controls(self)

    def add_fields(self, votes: list[Vote]) -> None:
        raise NotImplementedError

    def votes(self) -> list[Vote]:
        """What was answered on this page of the ballot."""
        raise NotImplementedError

    def save(self, commit: bool = True) -> Ballot:
        ballot, votes = super().save(commit), self.votes()
        ranks = [vote.rank for vote in votes if vote.rank]
        ballot.votes.filter(Q(gap__in=self.asked) | Q(rank__in=ranks)).delete()  # a rank may be kept by a gap that is shown no more
        Vote.objects.bulk_create(votes)
        return ballot


class ScoreForm(BallotForm):
    """Criteria of some gaps, each with yes, undecided, no, or not informed enough."""

    def add_fields(self, votes: list[Vote]) -> None:
        given = {(vote.gap_id, vote.criterion): vote.score for vote in votes}
        for gap in self.asked:
            for row in self.instance.round.criteria:
                self.fields[f"{gap.uid}-{row['key']}"] = forms.ChoiceField(
                    label=f"{gap.uid}, {row['label']}",
                    required=False,
                    choices=ANSWERS,
                    initial=given.get((gap.pk, row["key"]), NOT_INFORMED),
                    widget=forms.RadioSelect,
                )

    def by_gap(self) -> list[tuple[Gap, list[tuple[dict[str, Any], BoundField]]]]:
        """Each gap with its criteria and their fields."""
        return [(gap, [(row, self[f"{gap.uid}-{row['key']}"]) for row in self.instance.round.criteria]) for gap in self.asked]

    def votes(self) -> list[Vote]:
        return [
            Vote(ballot=self.instance, gap=gap, criterion=row["key"], score=score)
            for gap in self.asked
            for row in self.instance.round.criteria
            if (score := self.cleaned_data[f"{gap.uid}-{row['key']}"]) != NOT_INFORMED
        ]


class RankForm(BallotForm):
    """The first choice to the tenth among the gaps."""

    def add_fields(self, votes: list[Vote]) -> None:
        given = {vote.gap_id: vote.rank for vote in votes}
        for gap in self.asked:
            self.fields[gap.uid] = forms.TypedChoiceField(
                label=gap.uid,
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", "–"), *((rank, str(rank)) for rank in range(1, MOST_RANKED + 1))],
                initial=given.get(gap.pk),
                error_messages={"invalid_choice": _("A rank is a whole number from 1 to 10, not %(value)s.")},
            )

    def by_gap(self) -> list[tuple[Gap, BoundField]]:
        return [(gap, self[gap.uid]) for gap in self.asked]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        gaps_of = defaultdict(list)
        for gap in self.asked:
            if rank := cleaned.get(gap.uid):
                gaps_of[rank].append(gap.uid)
        for rank, uids in gaps_of.items():
            for uid in uids if len(uids) > 1 else ():
                others = ", ".join(other for other in uids if other != uid)
                self.add_error(uid, _("Rank %(rank)s is given to %(others)s, too; give each rank once.") % {"rank": rank, "others": others})
        return cleaned

    def votes(self) -> list[Vote]:
        return [Vote(ballot=self.instance, gap=gap, rank=rank) for gap in self.asked if (rank := self.cleaned_data[gap.uid])]
