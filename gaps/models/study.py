"""A study that bears on a gap, and the numbers under which registries keep it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from gaps.doi import normalise_doi
from gaps.models.source import EARLIEST_YEAR, LATEST_YEAR, Source
from gaps.models.term import Term
from gaps.registries import RegistrationField, Registry, normalise_registration, registration_link, registry_of
from gaps.search import MOST_WORDS

MOST_PEOPLE = 10_000_000
MOST_DAYS = 36_500
MOST_DOSE = 10_000


def _ordered(low: str, high: str) -> Q:
    return Q(**{f"{low}__isnull": True}) | Q(**{f"{high}__isnull": True}) | Q(**{f"{low}__lte": F(high)})


class StudyQuerySet(models.QuerySet["Study"]):
    """The questions that pages ask of the studies."""

    def for_list(self) -> StudyQuerySet:
        """With what a row of the list shows: first those under way, then the newest results, last those without a date."""
        under_way = Q(status__in=(Study.Status.PLANNED, Study.Status.ONGOING))
        return (
            self.select_related("population_group")
            .prefetch_related("registrations", "sources")
            .order_by(Case(When(under_way, then=0), default=1), F("year").desc(nulls_last=True), "label")
        )

    def for_page(self) -> StudyQuerySet:
        """With everything that a study's own page tells."""
        return self.select_related("population_group").prefetch_related(
            "registrations", "sources", "estimates__outcome_domain", "evidence__gap"
        )

    def search(self, words: str) -> StudyQuerySet:
        """Those that hold each of these words, of which the first twenty count, in their text, registrations, reports or figures."""
        from gaps.models.estimate import Estimate

        found = self
        for word in words.replace("\x00", "").split()[:MOST_WORDS]:
            doi, number = normalise_doi(word), normalise_registration(word)
            own = Q()
            for field in ("label", "title", "population", "regimen", "note"):
                own |= Q(**{f"{field}__icontains": word})
            registered = Registration.objects.filter(study=OuterRef("pk"), identifier__icontains=number)
            reported = Source.objects.filter(studies=OuterRef("pk")).filter(
                Q(doi__icontains=doi) | Q(authors__icontains=word) | Q(title__icontains=word) | Q(pmid=word)
            )
            figures = Estimate.objects.filter(study=OuterRef("pk")).filter(Q(label__icontains=word) | Q(instrument__icontains=word))
            found = found.filter(own | Exists(registered) | Exists(reported) | Exists(figures))
        return found

    def under_way(self) -> StudyQuerySet:
        """Those that are planned or running."""
        return self.filter(status__in=(Study.Status.PLANNED, Study.Status.ONGOING))

    def in_scope(self) -> StudyQuerySet:
        """Those that ran or will run: all but the withdrawn."""
        return self.exclude(status=Study.Status.WITHDRAWN)

    def get_by_natural_key(self, slug: str) -> Study:
        return self.get(slug=slug)


class Study(models.Model):
    """One study of low-dose naltrexone, from its registration to its results."""

    class Design(models.TextChoices):
        CROSSOVER = "crossover", _("Crossover trial")
        PARALLEL = "parallel", _("Parallel-group trial")
        UP_AND_DOWN = "up_and_down", _("Up-and-down dose finding")
        SINGLE_ARM = "single_arm", _("Single-arm study")
        COHORT = "cohort", _("Cohort")
        CHART_REVIEW = "chart_review", _("Chart review")
        SURVEY = "survey", _("Survey")
        META_ANALYSIS = "meta_analysis", _("Meta-analysis")
        LABORATORY = "laboratory", _("Laboratory or animal study")
        OTHER = "other", _("Another design, or one not seen")
        PLANNING = "planning", _("Our own planning values")

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("study", "Planned")
        ONGOING = "ongoing", pgettext_lazy("study", "Under way")
        COMPLETED = "completed", pgettext_lazy("study", "Completed, no results seen")
        PUBLISHED = "published", pgettext_lazy("study", "Results published")
        UNKNOWN = "unknown", pgettext_lazy("study", "Not known")
        WITHDRAWN = "withdrawn", pgettext_lazy("study", "Withdrawn")

    slug = models.SlugField(
        _("short name"), max_length=60, unique=True, help_text=_("First author or acronym and year, such as final-2024.")
    )
    label = models.CharField(_("label"), max_length=80, help_text=_("As lists name it, such as FINAL 2024."))
    title = models.CharField(_("title"), max_length=400, blank=True, help_text=_("As registered or published."))
    design = models.CharField(_("design"), max_length=14, choices=Design.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PUBLISHED)
    year = models.PositiveSmallIntegerField(
        _("year of the results"),
        null=True,
        blank=True,
        validators=[MinValueValidator(EARLIEST_YEAR), MaxValueValidator(LATEST_YEAR)],
        help_text=_("Year in which results appeared; empty when there are none, or their date was not found."),
    )
    start_date = models.DateField(_("start"), null=True, blank=True)
    completion_date = models.DateField(_("completion"), null=True, blank=True, help_text=_("Actual or expected."))
    population = models.CharField(
        _("population"), max_length=300, blank=True, help_text=_("Who took part, such as women with fibromyalgia.")
    )
    population_group = models.ForeignKey(
        Term,
        verbose_name=_("population on the map"),
        related_name="studies",
        null=True,
        blank=True,
        limit_choices_to={"scheme": Term.Scheme.POPULATION},
        on_delete=models.PROTECT,
    )
    regimen = models.CharField(
        _("treatment and comparison"),
        max_length=300,
        blank=True,
        help_text=_("Drug, dose, comparison and blinding, such as naltrexone 4.5 mg a day against placebo, double-blind."),
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
    n_randomised = models.PositiveIntegerField(
        _("randomised or enrolled"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_PEOPLE)],
        help_text=_("Participants; for a planned study, the plan."),
    )
    n_analysed = models.PositiveIntegerField(
        _("analysed"), null=True, blank=True, validators=[MaxValueValidator(MOST_PEOPLE)], help_text=_("Participants in the main analysis.")
    )
    periods = models.PositiveSmallIntegerField(_("periods"), null=True, blank=True, validators=[MinValueValidator(1)])
    treatment_days = models.PositiveIntegerField(
        _("length of treatment"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_DAYS)],
        help_text=_("On one treatment, in days; of a crossover, one period."),
    )
    washout_days = models.PositiveIntegerField(
        _("washout"), null=True, blank=True, validators=[MaxValueValidator(MOST_DAYS)], help_text=_("Between two periods, in days.")
    )
    sources = models.ManyToManyField(Source, related_name="studies", verbose_name=_("reports"), blank=True)
    note = models.CharField(_("note"), max_length=600, blank=True, help_text=_("What a reader should know before using its figures."))
    unverified = models.CharField(
        _("unverified"),
        max_length=300,
        blank=True,
        help_text=_("What of this record nobody has checked yet; shown with the mark for unverified."),
    )

    objects = StudyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        ordering = ("label",)
        constraints = (
            models.CheckConstraint(
                condition=_ordered("n_analysed", "n_randomised"),
                name="study_analyses_whom_it_enrolled",
                violation_error_message=_("No more participants are analysed than were randomised or enrolled."),
            ),
            models.CheckConstraint(
                condition=_ordered("dose_low_mg", "dose_high_mg"),
                name="study_doses_ordered",
                violation_error_message=_("The lowest dose is not above the highest."),
            ),
            models.CheckConstraint(
                condition=_ordered("start_date", "completion_date"),
                name="study_ends_after_its_start",
                violation_error_message=_("A study does not end before it starts."),
            ),
        )

    def __str__(self) -> str:
        return self.label

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    natural_key.dependencies = ["gaps.source", "gaps.term"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("study_detail", args=[self.slug])

    def is_under_way(self) -> bool:
        """Whether it is planned or running, so that its results may change what is known."""
        return self.status in {self.Status.PLANNED, self.Status.ONGOING}

    def has_taken_place(self) -> bool:
        """Whether its participants are people who took part, and not a plan."""
        return self.status in {self.Status.COMPLETED, self.Status.PUBLISHED}

    def is_randomised(self) -> bool:
        """Whether its design randomises; with a single arm, records or animals nothing is compared at random."""
        return self.design in {self.Design.CROSSOVER, self.Design.PARALLEL}


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Registrations by what identifies them in a fixture."""

    def get_by_natural_key(self, identifier: str) -> Registration:
        return self.get(identifier=identifier)


class Registration(models.Model):
    """The number under which a registry keeps a study."""

    study = models.ForeignKey(Study, verbose_name=_("study"), related_name="registrations", on_delete=models.CASCADE)
    identifier = RegistrationField(
        _("number"),
        max_length=30,
        unique=True,
        help_text=_("As the registry writes it, such as NCT04270877, ISRCTN58259979 or 2019-000702-30."),
    )
    checked_date = models.DateField(_("last looked up"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ("identifier",)

    def __str__(self) -> str:
        return self.identifier

    def natural_key(self) -> tuple[str]:
        return (self.identifier,)

    natural_key.dependencies = ["gaps.study"]  # type: ignore[attr-defined]

    @property
    def registry(self) -> Registry:
        """Whose number it is."""
        return registry_of(self.identifier)

    def link(self) -> str:
        return registration_link(self.identifier)
