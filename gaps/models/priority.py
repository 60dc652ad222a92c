"""Rounds in which people say which gaps come first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gaps.models.gap import Gap
from gaps.priority.jla import MOST_RANKED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

LONGEST_KEY = 40
ASKED = {
    "slug": _("the short name"),
    "name": _("the name"),
    "purpose": _("the purpose"),
    "method": _("the method"),
    "criteria": _("the criteria"),
    "blinded": _("whether it is blinded"),
    "opened_at": _("when it was opened"),
}
"""What is fixed once a round is open; so are its gaps, which the forms hold."""


def five_criteria() -> list[dict[str, object]]:
    """The five criteria of CHNRI (Rudan et al., Croat Med J 2008;49:720–33, 10.3325/cmj.2008.49.720), asked of low-dose naltrexone."""
    return [
        {
            "key": "answerability",
            "label": str(_("Answerability")),
            "question": str(_("Could a feasible, ethical study answer this?")),
            "weight": 1,
        },
        {
            "key": "effectiveness",
            "label": str(_("Effectiveness")),
            "question": str(_("If answered, would the resulting change of treatment or dose work?")),
            "weight": 1,
        },
        {
            "key": "deliverability",
            "label": str(_("Deliverability")),
            "question": str(_("Could practice adopt it, with its cost, compounding and monitoring?")),
            "weight": 1,
        },
        {
            "key": "burden_reduction",
            "label": str(_("Burden reduction")),
            "question": str(_("Could it remove much pain and disability?")),
            "weight": 1,
        },
        {
            "key": "equity",
            "label": str(_("Equity")),
            "question": str(_("Would groups gain that are now poorly served?")),
            "weight": 1,
        },
    ]


class PriorityRoundQuerySet(models.QuerySet["PriorityRound"]):
    """Rounds by how far they are."""

    def visible_to(self, user: User | AnonymousUser) -> PriorityRoundQuerySet:
        """Those that this person may know of: all that have been opened; for curators the drafts, too."""
        return self if user.has_perm("gaps.curate_gap") else self.filter(opened_at__isnull=False)

    def drafts(self) -> PriorityRoundQuerySet:
        return self.filter(opened_at__isnull=True)

    def for_list(self) -> PriorityRoundQuerySet:
        """With what a row of the list shows: how many gaps are asked about."""
        return self.annotate(gap_count=Count("gaps"))

    def closed(self) -> PriorityRoundQuerySet:
        return self.filter(closed_at__isnull=False)

    def open(self) -> PriorityRoundQuerySet:
        return self.filter(opened_at__isnull=False, closed_at__isnull=True)

    def get_by_natural_key(self, slug: str) -> PriorityRound:
        return self.get(slug=slug)


class PriorityRound(models.Model):
    """One asking of people: which gaps, by which method, on which criteria. What is asked is fixed once the round is open."""

    class Method(models.TextChoices):
        CHNRI = "chnri", _("Scores on criteria (CHNRI)")
        JLA = "jla", _("Choose and rank ten (James Lind Alliance)")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=400, blank=True, help_text=_("For whom and in which context priorities are set."))
    method = models.CharField(_("method"), max_length=6, choices=Method.choices)
    criteria = models.JSONField(
        _("criteria"),
        default=five_criteria,
        blank=True,
        help_text=_("Of CHNRI: key, label, question and weight of each; weights are above 0."),
    )
    gaps = models.ManyToManyField(Gap, verbose_name=_("gaps"), related_name="priority_rounds")
    blinded = models.BooleanField(
        _("blinded"), default=True, help_text=_("Nobody sees a ballot but its own, or any result, before the round is closed.")
    )
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("set up by"),
        related_name="priority_rounds",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
    )

    objects = PriorityRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("priority round")
        verbose_name_plural = _("priority rounds")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__lte=F("closed_at")),
                name="round_opens_before_it_closes",
                violation_error_message=_("A round is opened before it is closed."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("round_detail", args=[self.slug])

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    def shows_results(self) -> bool:
        """Whether results may be seen: always when closed; while open only of a round that is not blinded."""
        return self.closed_at is not None or (self.opened_at is not None and not self.blinded)

    @property
    def state(self) -> str:
        """How far it is: draft, open or closed."""
        return "closed" if self.closed_at else "open" if self.opened_at else "draft"

    def get_state_display(self) -> str:
        return str({"draft": _("Draft"), "open": _("Open"), "closed": _("Closed")}[self.state])

    def clean(self) -> None:
        super().clean()
        self._refuse_changes()
        if self.method == self.Method.CHNRI:
            self._check_criteria()

    def _refuse_changes(self) -> None:
        """Nobody changes what is asked while others answer, nor opens again what is closed."""
        stored = type(self).objects.filter(pk=self.pk, opened_at__isnull=False).first()
        if stored is None:
            return
        changed = [str(words) for name, words in ASKED.items() if getattr(self, name) != getattr(stored, name)]
        if stored.closed_at and self.closed_at != stored.closed_at:
            changed.append(str(_("when it was closed")))
        if changed:
            raise ValidationError(
                _("“%(round)s” has been opened, and what is asked stays as it is; set %(changed)s back, or set up another round."),
                code="locked",
                params={"round": stored.name, "changed": ", ".join(changed)},
            )

    def _check_criteria(self) -> None:
        rows = self.criteria if isinstance(self.criteria, list) else []
        keys = [row.get("key") for row in rows if isinstance(row, dict)]
        named = all(isinstance(key, str) and 0 < len(key) <= LONGEST_KEY for key in keys)
        worded = all(
            isinstance(row.get(name), str) and row[name] for row in rows if isinstance(row, dict) for name in ("label", "question")
        )
        if not keys or not named or not worded or len(set(keys)) != len(self.criteria):
            raise ValidationError(
                {"criteria": _("Give each criterion a key of its own, a label, a question and a weight.")}, code="criteria"
            )
        for row in rows:
            weight = row.get("weight")
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < math.inf:
                raise ValidationError(
                    {"criteria": _("The weight of %(key)s must be a number above 0.") % {"key": row["key"]}}, code="weight"
                )


class BallotQuerySet(models.QuerySet["Ballot"]):
    """Ballots, as far as somebody may see them."""

    def visible_to(self, user: User | AnonymousUser) -> BallotQuerySet:
        """One's own; and for curators all of rounds that are closed or not blinded."""
        own = Q(scorer=user.pk)
        if user.has_perm("gaps.curate_gap"):
            own |= Q(round__closed_at__isnull=False) | Q(round__blinded=False)
        return self.filter(own)


class Ballot(models.Model):
    """What one person answered in a round, for the group of people that they stand for."""

    class Constituency(models.TextChoices):
        PATIENT = "patient", _("People with pain")
        CARER = "carer", _("Carers")
        CLINICIAN = "clinician", _("Clinicians")
        RESEARCHER = "researcher", _("Researchers")
        FUNDER = "funder", _("Funders")

    round = models.ForeignKey(PriorityRound, verbose_name=_("round"), related_name="ballots", on_delete=models.PROTECT)
    scorer = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("scorer"), related_name="ballots", on_delete=models.PROTECT)
    constituency = models.CharField(_("stands for"), max_length=10, choices=Constituency.choices)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("round", "scorer"),
                name="one_ballot_a_scorer",
                violation_error_message=_("You have a ballot in this round already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.round}, {self.scorer}"

    def clean(self) -> None:
        super().clean()
        if self.round.method == PriorityRound.Method.JLA and self.constituency == self.Constituency.RESEARCHER:
            raise ValidationError(
                {"constituency": _("Researchers advise in a round of the James Lind Alliance's kind, but do not vote.")}, code="researchers"
            )
        if not self.round.is_open:
            raise ValidationError(_("This round is not open."), code="not_open")


class Vote(models.Model):
    """One answer of a ballot: a score of a gap on a criterion, or a rank. Without a row the person felt not informed enough."""

    class Score(models.TextChoices):
        YES = "1", _("Yes")
        UNDECIDED = "0.5", _("Undecided")
        NO = "0", _("No")

    ballot = models.ForeignKey(Ballot, verbose_name=_("ballot"), related_name="votes", on_delete=models.CASCADE)
    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="votes", on_delete=models.PROTECT)
    criterion = models.CharField(_("criterion"), max_length=40, blank=True)
    score = models.CharField(_("score"), max_length=3, blank=True, choices=Score.choices)
    rank = models.PositiveSmallIntegerField(_("rank"), null=True, blank=True, help_text=_("1 for the first, at most 10."))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("ballot", "gap", "criterion"), name="one_vote_a_criterion"),
            models.UniqueConstraint(fields=("ballot", "rank"), condition=Q(rank__isnull=False), name="ranks_of_a_ballot_differ"),
            models.CheckConstraint(
                condition=Q(rank__range=(1, MOST_RANKED), score="", criterion="")
                | (Q(rank__isnull=True, score__in=("0", "0.5", "1")) & ~Q(criterion="")),
                name="vote_is_a_score_or_a_rank",
            ),
        )

    def __str__(self) -> str:
        return f"{self.gap.uid}: {self.rank or self.score}"

    def clean(self) -> None:
        super().clean()
        asked = self.ballot.round
        if not asked.is_open:
            raise ValidationError(_("This round is not open."), code="not_open")
        if not asked.gaps.filter(pk=self.gap_id).exists():
            raise ValidationError({"gap": _("%(gap)s is not in this round.") % {"gap": self.gap.uid}}, code="not_asked")
        if asked.method == PriorityRound.Method.CHNRI and self.criterion not in {row["key"] for row in asked.criteria}:
            raise ValidationError({"criterion": _("This round does not ask for %(criterion)s.") % {"criterion": self.criterion or "–"}})
        if asked.method == PriorityRound.Method.JLA and self.rank is None:
            raise ValidationError({"rank": _("This round asks for a rank from 1 to 10.")}, code="no_rank")
