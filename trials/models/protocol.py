"""A crossover protocol and the treatments its letters stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from gaps.models import Gap
from gaps.registries import RegistrationField, registration_link
from ldnplanner.common.uid import next_uid

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django.utils.functional import _StrPromise

    from trials.models.question import PlannedQuestion

LETTERS = "ABCDEFGH"
LONGEST_DAYS = 3650
DESIGN_FIELDS = (
    "sequences",
    "allocation",
    "run_in_days",
    "titration_days",
    "period_days",
    "washout_days",
    "readout_days",
    "follow_up_days",
    "effect_persistence_days",
    "visits_per_period",
    "sites",
    "recruitment_per_month",
    "cost_per_participant",
    "cost_per_visit",
    "currency",
)
Row = TypeVar("Row", bound=models.Model)


def next_protocol_uid() -> str:
    return next_uid(Protocol, "PRO")


def _days(name: _StrPromise, help_text: _StrPromise, least: int = 0) -> models.PositiveIntegerField[int | None, int | None]:
    return models.PositiveIntegerField(
        name, null=True, blank=True, validators=[MinValueValidator(least), MaxValueValidator(LONGEST_DAYS)], help_text=help_text
    )


class ProtocolQuerySet(models.QuerySet["Protocol"]):
    """The questions that pages ask of the protocols."""

    def visible_to(self, user: User | AnonymousUser) -> ProtocolQuerySet:
        """Those that this person may read: their own, those they help to draft, and all for who may view protocols."""
        return self._own_or_all(user, "trials.view_protocol")

    def editable_by(self, user: User | AnonymousUser) -> ProtocolQuerySet:
        """Those that this person may change: drafts of their own, those they help to draft, and all for who may change protocols."""
        return self._own_or_all(user, "trials.change_protocol").filter(status=Protocol.Status.DRAFT)

    def _own_or_all(self, user: User | AnonymousUser, permission: str) -> ProtocolQuerySet:
        if not user.is_authenticated:
            return self.none()
        if user.has_perm(permission):
            return self
        return self.filter(Q(owner=user) | Q(pk__in=Protocol.editors.through.objects.filter(user_id=user.pk).values("protocol_id")))

    def in_scope(self) -> ProtocolQuerySet:
        """Those that are worked on: neither withdrawn nor archived."""
        return self.exclude(status__in=(Protocol.Status.WITHDRAWN, Protocol.Status.ARCHIVED))

    def for_list(self) -> ProtocolQuerySet:
        """With what a row of the list shows: owner, gaps, and the numbers of the latest sizing of the primary question."""
        from trials.models.sizing import Sizing

        latest = Sizing.objects.filter(question__protocol=OuterRef("pk"), question__is_primary=True).order_by("-created_at", "-pk")
        return (
            self.select_related("owner")
            .prefetch_related("gaps")
            .annotate(
                n_evaluable=Subquery(latest.values("answer__n_evaluable")[:1], output_field=models.IntegerField()),
                n_randomised=Subquery(latest.values("answer__n_randomised")[:1], output_field=models.IntegerField()),
                sized_at=Subquery(latest.values("created_at")[:1]),
            )
        )

    def with_parts(self) -> ProtocolQuerySet:
        """With everything that one page of a protocol shows, in a constant number of queries."""
        return self.select_related("owner").prefetch_related(
            "gaps",
            "treatments",
            "sections",
            "questions__assumption_sources__source",
            "questions__assumption_sources__estimate__study",
            "questions__assumption_sources__estimate__outcome_domain",
        )

    def search(self, words: str) -> ProtocolQuerySet:
        """Those whose identifier, title, treatments or gaps hold every one of these words."""
        found = self
        for word in words.replace("\x00", "").split():
            found = found.filter(
                Q(uid__icontains=word) | Q(title__icontains=word) | Q(treatments__drug__icontains=word) | Q(gaps__uid__iexact=word)
            )
        return found.distinct()

    def get_by_natural_key(self, uid: str) -> Protocol:
        return self.get(uid=uid)


class Protocol(models.Model):
    """A crossover trial as a researcher plans it, from the gaps it takes up to the lengths of its periods."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("protocol", "Draft")
        IN_REVIEW = "in_review", pgettext_lazy("protocol", "In review")
        FROZEN = "frozen", pgettext_lazy("protocol", "Frozen")
        REGISTERED = "registered", pgettext_lazy("protocol", "Registered")
        ARCHIVED = "archived", pgettext_lazy("protocol", "Archived")
        WITHDRAWN = "withdrawn", pgettext_lazy("protocol", "Withdrawn")

    uid = models.CharField(_("identifier"), max_length=12, unique=True, editable=False, default=next_protocol_uid)
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_("Treatments, comparison and people, such as LDN 4.5 mg against placebo in women with fibromyalgia."),
    )
    gaps = models.ManyToManyField(
        Gap, verbose_name=_("gaps"), related_name="protocols", blank=True, help_text=_("The open questions that this trial takes up.")
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("owner"), related_name="protocols", on_delete=models.PROTECT)
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("co-authors"),
        related_name="protocols_edited",
        blank=True,
        help_text=_("Who may change the draft beside its owner."),
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False)
    withdrawn_reason = models.CharField(_("reason for withdrawing"), max_length=300, blank=True)
    sequences = models.CharField(
        _("sequences"),
        max_length=450,
        blank=True,
        default="AB/BA",
        help_text=_("One letter a treatment, one word a sequence, such as AB/BA: half take A first, half take B first."),
    )
    allocation = models.CharField(
        _("allocation"),
        max_length=120,
        blank=True,
        validators=[
            RegexValidator(r"^[1-9]\d{0,2}(:[1-9]\d{0,2})*$", _("Write whole numbers with colons between, one a sequence, such as 2:1."))
        ],
        help_text=_("How many go to each sequence, in their order, such as 2:1. Empty for equal numbers."),
    )
    period_days = models.PositiveIntegerField(
        _("period"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)],
        help_text=_("Time on each treatment, in days: 42 is six weeks."),
    )
    washout_days = models.PositiveIntegerField(
        _("washout"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_DAYS)],
        help_text=_("Time without treatment between two periods, in days; 0 if there is none."),
    )
    run_in_days = models.PositiveIntegerField(
        _("run-in"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_DAYS)],
        help_text=_("Time before randomisation, in days; 0 if there is none."),
    )
    titration_days = _days(_("titration"), _("First part of each period, in which the dose is built up, in days; 0 if there is none."))
    readout_days = _days(_("read-out window"), _("Last part of each period, over which the outcome is read, in days, such as 7."), least=1)
    follow_up_days = _days(_("follow-up"), _("Time after the last period in which people are still seen, in days; 0 if there is none."))
    effect_persistence_days = _days(
        _("effect outlasts the drug by"),
        _("How long the effect is known or thought to last after the last dose, in days; the washout should cover it."),
    )
    visits_per_period = models.PositiveSmallIntegerField(
        _("visits in a period"), null=True, blank=True, validators=[MaxValueValidator(400)], help_text=_("Visits and calls in each period.")
    )
    sites = models.PositiveSmallIntegerField(
        _("sites"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("How many centres recruit."),
    )
    recruitment_per_month = models.FloatField(
        _("recruitment"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01), MaxValueValidator(10_000)],
        help_text=_("People randomised in a month, all sites together."),
    )
    cost_per_participant = models.FloatField(
        _("cost of a participant"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10_000_000)],
        help_text=_("Without visits."),
    )
    cost_per_visit = models.FloatField(
        _("cost of a visit"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(10_000_000)]
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[RegexValidator("^[A-Z]{3}$", _("Use the three letters of the currency, such as EUR."))],
    )
    registration = RegistrationField(
        _("registry number"),
        max_length=30,
        blank=True,
        help_text=_("Once the trial is registered: the number as the registry writes it, such as NCT04270877 or ISRCTN58259979."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProtocolQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[gaps, editors])

    class Meta:
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        ordering = (F("uid").desc(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(period_days__isnull=True) | Q(period_days__range=(1, LONGEST_DAYS)),
                name="period_days_in_range",
                violation_error_message=_("A period lasts from 1 to 3650 days."),
            ),
            models.CheckConstraint(
                condition=Q(washout_days__isnull=True) | Q(washout_days__range=(0, LONGEST_DAYS)),
                name="washout_days_in_range",
                violation_error_message=_("A washout lasts from 0 to 3650 days."),
            ),
            models.CheckConstraint(
                condition=Q(run_in_days__isnull=True) | Q(run_in_days__range=(0, LONGEST_DAYS)),
                name="run_in_days_in_range",
                violation_error_message=_("A run-in lasts from 0 to 3650 days."),
            ),
            models.UniqueConstraint(
                fields=("registration",),
                condition=~Q(registration=""),
                name="protocol_registration_unique",
                violation_error_message=_("Another protocol is registered under this number."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "in_review", "frozen", "registered", "archived", "withdrawn")),
                name="protocol_status_known",
                violation_error_message=_("A protocol is a draft, in review, frozen, registered, archived or withdrawn."),
            ),
            models.CheckConstraint(
                condition=Q(readout_days__isnull=True) | Q(period_days__isnull=True) | Q(readout_days__lte=F("period_days")),
                name="readout_inside_period",
                violation_error_code="readout_days",
                violation_error_message=_("The read-out window is longer than the period; it lies inside it."),
            ),
            models.CheckConstraint(
                condition=Q(readout_days__isnull=True)
                | Q(period_days__isnull=True)
                | Q(titration_days__isnull=True)
                | Q(period_days__gte=F("readout_days") + F("titration_days")),
                name="readout_after_titration",
                violation_error_code="readout_days",
                violation_error_message=_("The read-out window begins before titration ends: read the outcome at the full dose."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid} {self.title}"

    def natural_key(self) -> tuple[str]:
        return (self.uid,)

    natural_key.dependencies = ["gaps.gap", "auth.user"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("protocol_detail", args=[self.uid])

    def registration_link(self) -> str:
        """Where the registry shows the trial."""
        return registration_link(self.registration) if self.registration else ""

    @property
    def primary_question(self) -> PlannedQuestion | None:
        """The question that the sample size serves; reads the prefetched questions where there are any."""
        return next((question for question in self.questions.all() if question.is_primary), None)

    def letters(self) -> list[str]:
        """The treatment letters that the sequences use, in order."""
        return sorted(set(self.sequences.upper()) & set(LETTERS))

    def shares(self) -> tuple[int, ...]:
        """How many go to each sequence, in proportion; none where equal numbers are meant."""
        return tuple(int(share) for share in self.allocation.split(":") if share.isdecimal())

    def labels(self) -> dict[str, str]:
        """What each letter stands for, in words."""
        return {treatment.letter: treatment.label() for treatment in self.treatments.all() if treatment.drug}

    def doses(self) -> dict[str, float]:
        """The dose of each letter in mg; no dose counts as none."""
        return {
            treatment.letter: float(treatment.dose_mg or 0) for treatment in self.treatments.all() if treatment.letter in self.letters()
        }

    def without_dose(self) -> int:
        """How many treatments of the sequences have no dose; placebo has none, and there is one of it."""
        return sum(treatment.dose_mg is None for treatment in self.treatments.all() if treatment.letter in self.letters())

    @transaction.atomic
    def duplicate(self, owner: User) -> Protocol:
        """A new draft of this person with the same treatments, design, sections, questions and sources, but none of the sizings."""
        copy = Protocol.objects.create(title=self.title, owner=owner, **{name: getattr(self, name) for name in DESIGN_FIELDS})
        copy.gaps.set(self.gaps.all())
        for treatment in self.treatments.all():
            _copy(treatment, protocol=copy)
        for section in self.sections.all():
            _copy(section, protocol=copy, updated_by=owner)
        for question in self.questions.all():
            sources = list(question.assumption_sources.all())
            question_copy = _copy(question, protocol=copy, primary_sizing=None)
            for source in sources:
                _copy(source, question=question_copy)
        return copy

    @transaction.atomic
    def withdraw(self, reason: str, by: User) -> None:
        """Take the draft out of work for the reason given; it stays readable, with its sizings."""
        from trials.models.version import ProtocolMove

        ProtocolMove.objects.create(
            protocol=self, from_status=self.status, to_status=self.Status.WITHDRAWN, note=reason, moved_by=by, moved_at=timezone.now()
        )
        self.status = self.Status.WITHDRAWN
        self.withdrawn_reason = reason
        self.save(update_fields=["status", "withdrawn_reason", "updated_at"])

    def missing(self) -> list[str]:
        """What this draft still needs before it can be sized, in words."""
        question = self.primary_question
        free = question is not None and not question.uses_sequences()
        wanted: tuple[tuple[object, _StrPromise], ...] = (
            (self.gaps.all(), _("the gap that the trial takes up")),
            (self.sequences or free, _("the sequences")),
            (self.period_days is not None or free, _("the length of a period")),
            (self.washout_days is not None or free, _("the length of the washout, or 0")),
            (self.run_in_days is not None or free, _("the length of the run-in, or 0")),
        )
        lacking = [str(words) for given, words in wanted if not given]

        lacking += [str(_("what treatment {letter} is")).format(letter=letter) for letter in self.letters() if letter not in self.labels()]

        return lacking + (question.missing() if question else [str(_("the primary question"))])


def _copy(row: Row, **parent: models.Model | None) -> Row:
    """Store the row once more under another parent."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in parent
    }
    return type(row)._default_manager.create(**values, **parent)
