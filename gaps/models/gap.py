"""An open question about low-dose naltrexone, in the parts that a trial needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gaps.models.queryset import GapQuerySet
from gaps.models.source import Source
from ldnplanner.common.uid import next_uid

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_DAYS = 36_500


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
        CONTEXT = "context", _("Context")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("gap", "Draft")
        PROPOSED = "proposed", pgettext_lazy("gap", "Proposed")
        WITHDRAWN = "withdrawn", pgettext_lazy("gap", "Withdrawn")

    class Origin(models.TextChoices):
        ARTICLE = "article", _("Raised by the article")
        TEAM = "team", _("Raised by us")

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
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)],
        help_text=_("Shortest treatment or follow-up that could answer, in days: 4 weeks are 28, 12 months are 365."),
    )

    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.ARTICLE)
    origin_note = models.CharField(
        _("note on the origin"), max_length=400, blank=True, help_text=_("For a gap of our own: what made us ask.")
    )
    sources = models.ManyToManyField(Source, through="GapSource", related_name="gaps", verbose_name=_("sources"), blank=True)

    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
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

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ("uid",)
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
                condition=Q(time_frame_days__isnull=True) | Q(time_frame_days__range=(1, LONGEST_DAYS)),
                name="time_frame_days_in_range",
                violation_error_message=_("The shortest time is from 1 to 36500 days."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("", "efficacy", "dose_response", "safety", "mechanism", "subgroup", "durability", "context")),
                name="gap_kind_known",
                violation_error_message=_("Choose one of the kinds of gap."),
            ),
            models.CheckConstraint(
                condition=Q(origin__in=("article", "team")),
                name="gap_origin_known",
                violation_error_message=_("A gap is raised by the article or by us."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "proposed", "withdrawn")),
                name="gap_status_known",
                violation_error_message=_("A gap is a draft, proposed or withdrawn."),
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

    def parts(self) -> list[Part]:
        """The question in its five parts, in the order in which trialists name them."""
        return [
            Part("population", _("Population"), self.population),
            Part("intervention", _("Intervention"), self.intervention),
            Part("comparator", _("Comparison"), self.comparator),
            Part("outcome", _("Outcome"), self.outcome),
            Part("time_frame", _("Time frame"), self.time_frame),
        ]

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
