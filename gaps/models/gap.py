"""An open question about low-dose naltrexone, in the parts that a trial needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from gaps.models.queryset import GapQuerySet
from gaps.models.source import Source
from gaps.models.study import MOST_DAYS, MOST_DOSE
from gaps.models.term import Term
from ldnplanner.common.uid import next_uid
from ldnplanner.templatetags.numbers import amount, percent_as_given

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django.utils.functional import _StrPromise

    from gaps.models.certainty import CertaintyAssessment


def next_gap_uid() -> str:
    return next_uid(Gap, "GAP")


def one_question(text: str) -> None:
    """Refuse what is not a single sentence with a question mark at its end."""
    if not text.endswith("?") or "?" in text[:-1] or re.search(r"[.!]\s+[A-Z]|\n", text):
        raise ValidationError(_("Write one sentence that ends with a question mark."), code="not_one_question")


class Part(NamedTuple):
    """One part of a gap's question, such as its population, and the words given for it."""

    name: str
    label: _StrPromise
    text: str


class Gap(models.Model):
    """A question that the evidence on low-dose naltrexone leaves open, from the day it is jotted down."""

    class Kind(models.TextChoices):
        EFFICACY = "efficacy", _("Efficacy")
        DOSE_RESPONSE = "dose_response", _("Dose response")
        SAFETY = "safety", _("Safety")
        MECHANISM = "mechanism", _("Mechanism")
        SUBGROUP = "subgroup", _("Subgroup")
        DURABILITY = "durability", _("Durability")
        METHODS = "methods", _("Methods")
        CONTEXT = "context", _("Context")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("gap", "Draft")
        PROPOSED = "proposed", pgettext_lazy("gap", "Proposed")
        VERIFIED = "verified", pgettext_lazy("gap", "Verified")
        PRIORITISED = "prioritised", pgettext_lazy("gap", "Prioritised")
        DESIGN_LINKED = "design_linked", pgettext_lazy("gap", "Design linked")
        IN_TRIAL = "in_trial", pgettext_lazy("gap", "In trial")
        PARTLY_ANSWERED = "partly_answered", pgettext_lazy("gap", "Partly answered")
        ANSWERED = "answered", pgettext_lazy("gap", "Answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("gap", "Withdrawn")
        MERGED = "merged", pgettext_lazy("gap", "Merged")

    class Origin(models.TextChoices):
        ARTICLE = "article", _("Raised by the article")
        TEAM = "team", _("Raised by us")

    class EffectModifier(models.TextChoices):
        BODY_MASS_INDEX = "body_mass_index", _("Body mass index")
        METABOLISM = "metabolism", _("Metabolism of naltrexone")
        RECEPTOR_GENOTYPE = "receptor_genotype", _("Opioid-receptor genotype (OPRM1)")
        SEX = "sex", _("Sex")
        AGE = "age", _("Age")
        INFLAMMATION = "inflammation", _("Inflammation (ESR, hs-CRP)")
        LIVER_FUNCTION = "liver_function", _("Liver function")
        OTHER = "other", _("Another")

    class Tier(models.TextChoices):
        A = "A", _("A, first")
        B = "B", _("B, next")
        C = "C", _("C, later")

    class GuidanceRelevance(models.TextChoices):
        HIGH = "high", _("High: essential to update a key recommendation")
        MEDIUM = "medium", _("Medium: relevant, not essential")
        LOW = "low", _("Low: of interest")

    uid = models.CharField(_("identifier"), max_length=12, unique=True, editable=False, default=next_gap_uid)
    title = models.CharField(_("title"), max_length=140, help_text=_("A few words that tell it apart in a list, such as Which doses work."))
    question = models.CharField(
        _("question"),
        max_length=300,
        blank=True,
        validators=[one_question],
        help_text=_("One sentence, such as Which doses of naltrexone reduce the pain of fibromyalgia?"),
    )
    kind = models.CharField(
        _("kind"),
        max_length=20,
        blank=True,
        choices=Kind.choices,
        help_text=_("What an answer would tell; Context is background, not a question for a trial."),
    )

    population = models.CharField(_("population"), max_length=300, blank=True, help_text=_("Who, such as adults with fibromyalgia."))
    intervention = models.CharField(
        _("intervention"),
        max_length=300,
        blank=True,
        help_text=_("What they take, with the dose in mg a day, such as naltrexone 4.5 mg a day."),
    )
    comparator = models.CharField(
        _("comparison"), max_length=300, blank=True, help_text=_("Against what, such as placebo, or another dose in mg a day.")
    )
    outcome = models.CharField(
        _("outcome"), max_length=300, blank=True, help_text=_("What is measured and on which scale, such as mean diary pain, 0–10.")
    )
    time_frame = models.CharField(
        _("time frame"),
        max_length=160,
        blank=True,
        help_text=_("Length of treatment or follow-up in words, such as at least 4 weeks a dose."),
    )
    time_frame_days = models.PositiveIntegerField(
        _("shortest time"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text=_("Shortest treatment or follow-up that could answer, in days: 4 weeks are 28, 12 months are 365."),
    )

    setting = models.CharField(
        _("setting"), max_length=160, blank=True, help_text=_("Where, such as outpatient pain clinics, or at home with remote visits.")
    )
    population_group = models.ForeignKey(
        Term,
        verbose_name=_("population on the map"),
        related_name="gaps_of_population",
        null=True,
        blank=True,
        limit_choices_to={"scheme": Term.Scheme.POPULATION},
        on_delete=models.PROTECT,
    )
    outcome_domain = models.ForeignKey(
        Term,
        verbose_name=_("outcome on the map"),
        related_name="gaps_of_outcome",
        null=True,
        blank=True,
        limit_choices_to={"scheme": Term.Scheme.OUTCOME},
        on_delete=models.PROTECT,
    )
    effect_modifier = models.CharField(
        _("effect modifier"),
        max_length=20,
        blank=True,
        choices=EffectModifier.choices,
        help_text=_("What the effect may depend on, if that is the question."),
    )
    dose_low_mg = models.FloatField(
        _("lowest dose"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_DOSE)],
        help_text=_("Naltrexone, mg a day."),
    )
    dose_high_mg = models.FloatField(
        _("highest dose"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_DOSE)],
        help_text=_("Naltrexone, mg a day."),
    )
    target_difference = models.FloatField(
        _("difference that matters"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Smallest difference worth finding, without sign, in the unit of the outcome on the map, such as 1.0 points on 0–10."),
    )
    tolerated_rate = models.FloatField(
        _("tolerated rate"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("Of a safety gap: the share of people in whom the harm would still be acceptable, 0–1, such as 0.01."),
    )

    evidence_summary = models.TextField(
        _("what is known"), max_length=2000, blank=True, help_text=_("Reviews and trials so far, and how good they are.")
    )
    searched_date = models.DateField(
        _("as of"), null=True, blank=True, help_text=_("Date of the literature search, or of the recommendation.")
    )
    burden = models.TextField(_("burden"), max_length=600, blank=True, help_text=_("Whom the question concerns, and how much."))
    study_type = models.CharField(
        _("type of study"),
        max_length=300,
        blank=True,
        help_text=_("Judged most likely to answer, such as a Williams crossover of four doses."),
    )
    guidance_relevance = models.CharField(
        _("relevance to guidance"),
        max_length=6,
        blank=True,
        choices=GuidanceRelevance.choices,
        help_text=_("As NICE ranks research recommendations."),
    )
    external_priorities = models.CharField(
        _("priorities of others"), max_length=300, blank=True, help_text=_("Published priorities that it belongs to, with their source.")
    )
    equality = models.CharField(
        _("equality"),
        max_length=300,
        blank=True,
        help_text=_("Groups that the evidence has left out, and what answering would change for them."),
    )

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        related_name="owned_gaps",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Who sees to it that something happens."),
    )
    next_action = models.CharField(_("next action"), max_length=300, blank=True, help_text=_("What the owner does next, and by when."))
    tier = models.CharField(
        _("tier"), max_length=1, blank=True, choices=Tier.choices, help_text=_("Set from a closed round, or with a reason.")
    )
    tier_note = models.CharField(_("reason for the tier"), max_length=300, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        related_name="children",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("The broader gap from which this one was split."),
    )
    merged_into = models.ForeignKey(
        "self", verbose_name=_("merged into"), related_name="merged_gaps", null=True, blank=True, editable=False, on_delete=models.PROTECT
    )

    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.ARTICLE)
    origin_note = models.CharField(
        _("note on the origin"), max_length=400, blank=True, help_text=_("For a gap of our own: what made us ask.")
    )
    sources = models.ManyToManyField(Source, through="GapSource", related_name="gaps", verbose_name=_("sources"), blank=True)

    status = models.CharField(_("status"), max_length=16, editable=False, choices=Status.choices, default=Status.DRAFT)
    withdrawn_reason = models.CharField(
        _("reason for withdrawing"), max_length=300, blank=True, help_text=_("Shown on the page of a withdrawn gap.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("logged by"),
        related_name="gaps",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
    )
    created_at = models.DateTimeField(_("logged"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = GapQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ("uid",)
        permissions = (
            ("review_gap", _("Can verify gaps and assess the certainty of evidence")),
            ("score_gap", _("Can vote in priority rounds")),
            ("curate_gap", _("Can edit, merge, split, prioritise and import gaps")),
        )
        indexes = (models.Index(fields=("status", "kind", "tier", "origin", "effect_modifier"), name="gap_facets"),)
        constraints = (
            models.UniqueConstraint(
                Lower("title"), name="gap_title_unique", violation_error_message=_("Another gap already has this title.")
            ),
            models.CheckConstraint(
                condition=Q(question="") | Q(question__endswith="?"),
                name="gap_question_asks",
                violation_error_message=_("A question ends with a question mark."),
            ),
            models.CheckConstraint(
                condition=Q(time_frame_days__isnull=True) | Q(time_frame_days__range=(1, MOST_DAYS)),
                name="time_frame_days_in_range",
                violation_error_message=_("The shortest time is from 1 to 36500 days."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=("", "efficacy", "dose_response", "safety", "mechanism", "subgroup", "durability", "methods", "context")
                ),
                name="gap_kind_known",
                violation_error_message=_("Choose one of the kinds of gap."),
            ),
            models.CheckConstraint(
                condition=Q(origin__in=("article", "team")),
                name="gap_origin_known",
                violation_error_message=_("A gap is raised by the article or by us."),
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=(
                        "draft",
                        "proposed",
                        "verified",
                        "prioritised",
                        "design_linked",
                        "in_trial",
                        "partly_answered",
                        "answered",
                        "withdrawn",
                        "merged",
                    )
                ),
                name="gap_status_known",
                violation_error_message=_("This is no status of a gap."),
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False) | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="merged_gap_says_into_which",
                violation_error_message=_("A merged gap, and no other, says which gap it was merged into."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("pk")) & ~Q(merged_into=F("pk")),
                name="gap_is_not_its_own_parent",
                violation_error_message=_("A gap is neither part of itself nor merged into itself."),
            ),
            models.CheckConstraint(
                condition=Q(dose_low_mg__isnull=True) | Q(dose_high_mg__isnull=True) | Q(dose_low_mg__lte=F("dose_high_mg")),
                name="gap_doses_ordered",
                violation_error_message=_("The lowest dose is not above the highest."),
            ),
            models.CheckConstraint(
                condition=Q(target_difference__isnull=True) | Q(target_difference__gt=0),
                name="target_difference_above_0",
                violation_error_message=_("The difference that matters is above 0, without sign."),
            ),
            models.CheckConstraint(
                condition=Q(tolerated_rate__isnull=True) | Q(tolerated_rate__gt=0, tolerated_rate__lt=1),
                name="tolerated_rate_in_range",
                violation_error_message=_("A tolerated rate lies between 0 and 1."),
            ),
            models.CheckConstraint(
                condition=Q(tier__in=("", "A", "B", "C")), name="gap_tier_known", violation_error_message=_("A tier is A, B or C.")
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn", withdrawn_reason=""),
                name="withdrawn_gap_says_why",
                violation_error_message=_("Say why the gap is withdrawn."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid} {self.title}"

    def natural_key(self) -> tuple[str]:
        return (self.uid,)

    def get_absolute_url(self) -> str:
        return reverse("gap_detail", args=[self.uid])

    def may_be_read_by(self, user: User | AnonymousUser) -> bool:
        """Whether this person may read it, as `GapQuerySet.visible_to` finds it: for a gap that another row points at."""
        return (
            self.status != self.Status.DRAFT
            or user.has_perm("gaps.curate_gap")
            or (user.is_authenticated and user.pk in {self.created_by_id, self.owner_id})
        )

    @property
    def is_live(self) -> bool:
        """Whether it still is a question for us that everybody may read: beyond a draft, neither withdrawn nor merged."""
        return self.status not in {self.Status.DRAFT, self.Status.WITHDRAWN, self.Status.MERGED}

    def parts(self) -> list[Part]:
        """The question in its five parts, in the order in which trialists name them."""
        return [
            Part("population", _("Population"), self.population),
            Part("intervention", _("Intervention"), self.intervention),
            Part("comparator", _("Comparison"), self.comparator),
            Part("outcome", _("Outcome"), self.outcome),
            Part("time_frame", _("Time frame"), self.time_frame),
        ]

    def particulars(self) -> list[Part]:
        """What a design must match beyond the five parts, as far as it is given."""
        doses = [f"{dose:g}" for dose in (self.dose_low_mg, self.dose_high_mg) if dose is not None]
        unit = self.outcome_domain.unit if self.outcome_domain else ""
        target, rate = self.target_difference, self.tolerated_rate
        rows = (
            Part("setting", _("Setting"), self.setting),
            Part("effect_modifier", _("Effect modifier"), self.get_effect_modifier_display()),
            Part("dose_low_mg", _("Dose"), f"{'–'.join(dict.fromkeys(doses))}\N{NO-BREAK SPACE}mg" if doses else ""),
            Part("target_difference", _("Difference that matters"), amount(target, unit) if target is not None else ""),
            Part("tolerated_rate", _("Tolerated rate"), percent_as_given(rate) if rate is not None else ""),
            Part("study_type", _("Study that would answer"), self.study_type),
            Part("burden", _("Burden"), self.burden),
            Part("equality", _("Left out so far"), self.equality),
            Part("external_priorities", _("Priorities of others"), self.external_priorities),
        )
        return [row for row in rows if row.text]

    def epicot(self) -> list[Part]:
        """The nine elements of a research recommendation by EPICOT+ (Brown et al., BMJ 2006;333:804–6, 10.1136/bmj.38987.492014.94)."""
        days = self.time_frame_days
        return [
            Part("evidence_summary", _("Evidence"), self.evidence_summary),
            Part("population", _("Population"), self.population),
            Part("intervention", _("Intervention"), self.intervention),
            Part("comparator", _("Comparison"), self.comparator),
            Part("outcome", _("Outcome"), self.outcome),
            Part("searched_date", _("Time stamp"), date_format(self.searched_date, "j M Y") if self.searched_date else ""),
            Part("burden", _("Burden"), self.burden),
            Part("time_frame", _("Follow-up"), self.time_frame or (_("at least {days} days").format(days=days) if days else "")),
            Part("study_type", _("Type of study"), self.study_type),
        ]

    def certainties(self) -> list[CertaintyAssessment]:
        """The assessment of certainty in force for each outcome, the latest one first."""
        latest: dict[int, CertaintyAssessment] = {}
        for row in self.certainty_assessments.all():  # the latest first
            latest.setdefault(row.outcome_domain_id, row)
        return list(latest.values())

    def latest_assessment(self) -> CertaintyAssessment | None:
        """The assessment of certainty that was made last, of whichever outcome."""
        return next(iter(self.certainties()), None)

    def clean(self) -> None:
        super().clean()
        ancestor, seen = self.parent, [self]  # rows that are not stored yet have no key to be told apart by
        while ancestor is not None and ancestor not in seen:
            seen.append(ancestor)
            ancestor = ancestor.parent
        if ancestor is not None:
            raise ValidationError({"parent": _("%(gap)s is itself a part of this gap.") % {"gap": self.parent}}, code="circle")

    def missing(self) -> list[str]:
        """What this gap still needs before it can be proposed, in words."""
        reasons = self.reasons.all()
        if self.origin == self.Origin.TEAM:
            raised = bool(self.origin_note), _("a note on what made us ask")
        else:
            raised = bool(self.passages.all()), _("the passage that raises it")
        wanted = (
            (self.question, _("the question in one sentence")),
            (self.kind, _("its kind")),
            (self.population, _("the population")),
            (self.intervention, _("the intervention")),
            (self.comparator, _("the comparison")),
            (self.outcome, _("the outcome")),
            (self.time_frame, _("the time frame")),
            raised,
            (reasons, _("a reason why it is open")),
            (not reasons or any(reason.primary for reason in reasons), _("which of the reasons is the primary one")),
        )
        return [str(words) for given, words in wanted if not given]
