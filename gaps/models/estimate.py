"""A figure that a study found, with its uncertainty, and how it was come by."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gaps import derivations
from gaps.models.basis import Basis
from gaps.models.study import MOST_DAYS, MOST_PEOPLE, Study
from gaps.models.term import Term

DERIVABLE = ("value", "standard_error")
USUAL_LEVEL = 0.95


class Interval(NamedTuple):
    """A confidence interval, its level as 0–1, and whether it was reported or worked out here."""

    low: float
    high: float
    level: float
    basis: Basis


class EstimateQuerySet(models.QuerySet["Estimate"]):
    """The questions that pages ask of the estimates."""

    def poolable(self) -> EstimateQuerySet:
        """Differences with a standard error that may stand for their study in a pool: one of each study, outcome and comparison."""
        return self.filter(measure=Estimate.Measure.MEAN_DIFFERENCE, stands_for_study=True, standard_error__isnull=False).exclude(
            study__status=Study.Status.WITHDRAWN
        )

    def get_by_natural_key(self, study: str, slug: str) -> Estimate:
        return self.get(study__slug=study, slug=slug)


class Estimate(models.Model):
    """One figure of a study. A difference is always treatment − comparator; below 0, pain is less on the treatment."""

    class Measure(models.TextChoices):
        MEAN_DIFFERENCE = "mean_difference", _("Difference of means")
        STANDARDISED_DIFFERENCE = "standardised_difference", _("Standardised difference")
        MEDIAN_DIFFERENCE = "median_difference", _("Difference of medians")
        RISK_DIFFERENCE = "risk_difference", _("Difference of shares")
        RISK_RATIO = "risk_ratio", _("Risk ratio")
        ODDS_RATIO = "odds_ratio", _("Odds ratio")
        HAZARD_RATIO = "hazard_ratio", _("Hazard ratio")
        MEAN = "mean", _("Mean of one group")
        MEAN_CHANGE = "mean_change", _("Mean change of one group")
        PROPORTION = "proportion", _("Share of one group")
        RATE = "rate", _("Rate of one group")
        UPPER_LIMIT = "upper_limit", _("Upper limit of a rate")
        SD_OF_MEASUREMENT = "total_sd", _("SD of one measurement")
        SD_OF_CHANGE = "change_sd", _("SD of the change")
        SD_OF_BASELINE = "baseline_sd", _("SD at baseline")
        SD_OF_DIFFERENCE = "difference_sd", _("SD of the within-person difference")
        SD_WITHIN = "within_subject_sd", _("Within-subject SD")
        CORRELATION = "within_subject_correlation", _("Correlation between periods")
        RELIABILITY = "reliability", _("Reliability (ICC)")
        DROPOUT = "dropout_rate", _("Share lost")
        DOSE = "dose", _("Dose with a stated effect")
        P_VALUE = "p_value", _("P value alone")

    class Comparison(models.TextChoices):
        PLACEBO = "placebo", _("against placebo")
        ACTIVE = "active", _("against another treatment")
        BASELINE = "baseline", _("against baseline")
        NONE = "none", _("no comparison")

    study = models.ForeignKey(Study, verbose_name=_("study"), related_name="estimates", on_delete=models.CASCADE)
    slug = models.SlugField(_("short name"), max_length=60, help_text=_("Tells it apart within its study, such as pain-week-12."))
    label = models.CharField(_("what it is"), max_length=160, help_text=_("Such as change in mean pain, week 12, LDN − placebo."))
    outcome_domain = models.ForeignKey(
        Term,
        verbose_name=_("outcome on the map"),
        related_name="estimates",
        null=True,
        blank=True,
        limit_choices_to={"scheme": Term.Scheme.OUTCOME},
        on_delete=models.PROTECT,
    )
    measure = models.CharField(_("measure"), max_length=26, choices=Measure.choices)
    comparison = models.CharField(_("comparison"), max_length=8, choices=Comparison.choices, default=Comparison.PLACEBO)
    instrument = models.CharField(_("instrument"), max_length=120, blank=True, help_text=_("Such as pain NRS, or FIQR total."))
    scale_min = models.FloatField(_("lowest value"), null=True, blank=True, help_text=_("Of the instrument, such as 0."))
    scale_max = models.FloatField(_("highest value"), null=True, blank=True, help_text=_("Of the instrument, such as 10 or 100."))
    unit = models.CharField(_("unit"), max_length=40, blank=True, help_text=_("Such as points, mg or %; empty for a share of 0–1."))
    timepoint_days = models.PositiveIntegerField(
        _("measured after"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_DAYS)],
        help_text=_("Days since the treatment began."),
    )
    value = models.FloatField(_("value"), null=True, blank=True, help_text=_("Treatment − comparator; shares as 0–1."))
    ci_low = models.FloatField(_("lower limit"), null=True, blank=True)
    ci_high = models.FloatField(_("upper limit"), null=True, blank=True)
    ci_level = models.FloatField(_("confidence level"), null=True, blank=True, help_text=_("0.95 for a 95 % interval."))
    standard_error = models.FloatField(_("standard error"), null=True, blank=True, validators=[MinValueValidator(0)])
    p_value = models.FloatField(
        _("p value"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)], help_text=_("Two-sided.")
    )
    n = models.PositiveIntegerField(
        _("participants"), null=True, blank=True, validators=[MaxValueValidator(MOST_PEOPLE)], help_text=_("In this figure.")
    )
    events = models.PositiveIntegerField(_("events"), null=True, blank=True, validators=[MaxValueValidator(MOST_PEOPLE)])
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices, default=Basis.REPORTED, help_text=_("Of the value."))
    derivation = models.JSONField(
        _("derivation"),
        default=dict,
        blank=True,
        help_text=_("Formula and inputs of a derived value, standard_error, or both; worked out again whenever the row is checked."),
    )
    stands_for_study = models.BooleanField(
        _("stands for its study"),
        default=False,
        help_text=_("The one figure of this study for this outcome and comparison that the map counts; usually its primary endpoint."),
    )
    locator = models.CharField(
        _("place"), max_length=160, blank=True, help_text=_("Where the source says it, such as abstract, or table 2.")
    )
    note = models.CharField(_("note"), max_length=400, blank=True)

    objects = EstimateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        ordering = ("study__label", "outcome_domain__position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("study", "slug"),
                name="estimate_once_a_study",
                violation_error_message=_("This study already has an estimate of this short name."),
            ),
            models.UniqueConstraint(
                fields=("study", "outcome_domain", "comparison"),
                condition=Q(stands_for_study=True),
                name="one_estimate_stands_for_a_study",
                violation_error_message=_("Another estimate already stands for this study, outcome and comparison."),
            ),
            models.CheckConstraint(
                condition=(Q(ci_low__isnull=True) | Q(ci_high__isnull=True) | Q(ci_low__lte=F("ci_high")))
                & (Q(value__isnull=True) | Q(ci_low__isnull=True) | Q(ci_low__lte=F("value")))
                & (Q(value__isnull=True) | Q(ci_high__isnull=True) | Q(ci_high__gte=F("value"))),
                name="estimate_lies_in_its_interval",
                violation_error_message=_("The value lies between the lower and the upper limit."),
            ),
            models.CheckConstraint(
                condition=Q(ci_low__isnull=True, ci_high__isnull=True) | Q(ci_level__isnull=False, ci_level__gt=0, ci_level__lt=1),
                name="estimate_interval_has_its_level",
                violation_error_message=_("Say at which level the interval holds, such as 0.95."),
            ),
            models.CheckConstraint(
                condition=Q(scale_min__isnull=True, scale_max__isnull=True)
                | Q(scale_min__isnull=False, scale_max__isnull=False, scale_min__lt=F("scale_max")),
                name="estimate_scale_ordered",
                violation_error_message=_("Give both ends of the scale, the lower one first, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(standard_error__isnull=True) | Q(standard_error__gt=0),
                name="estimate_error_above_0",
                violation_error_message=_("A standard error is above 0."),
            ),
            models.CheckConstraint(
                condition=Q(events__isnull=True) | Q(n__isnull=True) | Q(events__lte=F("n")),
                name="estimate_events_within_n",
                violation_error_message=_("No more participants have an event than there are."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(p_value__isnull=False),
                name="estimate_says_something",
                violation_error_message=_("Give a value, or at least a p value."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.study}: {self.label}"

    def natural_key(self) -> tuple[str, str]:
        return (self.study.slug, self.slug)

    natural_key.dependencies = ["gaps.study", "gaps.term"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Work the derived figures out, and refuse a derivation that gives another figure than the one typed."""
        super().clean()
        # The database takes a comparison with nothing for true, so what is half given is refused here.
        if self.ci_level is None and not (self.ci_low is None and self.ci_high is None):
            raise ValidationError({"ci_level": _("Say at which level the interval holds, such as 0.95.")}, code="required")
        if (self.scale_min is None) != (self.scale_max is None):
            missing = "scale_min" if self.scale_min is None else "scale_max"
            raise ValidationError({missing: _("Give both ends of the scale, the lower one first, or neither.")}, code="required")
        if not isinstance(self.derivation, dict) or set(self.derivation) - set(DERIVABLE):
            raise ValidationError({"derivation": _("A derivation is given for value, standard_error, or both.")}, code="derivation")
        if self.basis == Basis.DERIVED and "value" not in self.derivation:
            raise ValidationError({"derivation": _("A derived value needs its formula and inputs.")}, code="derivation")
        if self.basis == Basis.REPORTED and "value" in self.derivation:
            raise ValidationError({"basis": _("A value with a formula is not reported but derived.")}, code="basis")
        for name, derivation in self.derivation.items():
            self._derive(name, derivation)

    def _derive(self, name: str, derivation: Any) -> None:
        try:
            found = derivations.work_out(derivation if isinstance(derivation, dict) else {})
        except ValidationError as error:
            raise ValidationError({"derivation": error.messages}, code="derivation") from error
        typed = getattr(self, name)
        if typed is not None and not derivations.agrees(derivation, typed):
            raise ValidationError(
                {
                    "derivation": _("%(name)s is given as %(typed)s, but its derivation gives %(found)s; left empty, it is filled in.")
                    % {"name": name, "typed": f"{typed:.6g}", "found": f"{found:.6g}"}
                },
                code="derivation_differs",
            )
        setattr(self, name, found)

    def formula_of(self, name: str) -> derivations.Formula | None:
        """The formula by which a figure of this row was derived, or none when it was reported."""
        derivation = self.derivation.get(name)
        return derivations.FORMULAS[derivation["formula"]] if derivation else None

    def interval(self) -> Interval | None:
        """Its interval: as given, else worked out at 95 % from the events (exact) of a share, or the standard error (normal) of a difference or mean."""
        basis = Basis.DERIVED if self.basis == Basis.REPORTED else Basis(self.basis)
        if self.ci_low is not None and self.ci_high is not None and self.ci_level is not None:
            return Interval(self.ci_low, self.ci_high, self.ci_level, Basis(self.basis))
        if self.measure in SHARES and self.events is not None and self.n:
            inputs = {"events": self.events, "n": self.n, "level": USUAL_LEVEL}
            low, high = (derivations.work_out({"formula": f"share_{end}_limit", "inputs": inputs}) for end in ("lower", "upper"))
            return Interval(low, high, USUAL_LEVEL, basis)
        if self.measure in ADDITIVE and self.value is not None and self.standard_error is not None:
            half = NormalDist().inv_cdf((1 + USUAL_LEVEL) / 2) * self.standard_error
            return Interval(self.value - half, self.value + half, USUAL_LEVEL, basis)
        return None

    def factor(self) -> float | None:
        """By what its differences are multiplied to stand on the common scale of its outcome; none when its own scale is not known."""
        outcome = self.outcome_domain
        if outcome is None or outcome.scale_min is None or outcome.scale_max is None:
            return 1.0
        if self.scale_min is None or self.scale_max is None:
            return None
        return (outcome.scale_max - outcome.scale_min) / (self.scale_max - self.scale_min)


ADDITIVE = frozenset(
    {
        Estimate.Measure.MEAN_DIFFERENCE,
        Estimate.Measure.STANDARDISED_DIFFERENCE,
        Estimate.Measure.RISK_DIFFERENCE,
        Estimate.Measure.MEAN,
        Estimate.Measure.MEAN_CHANGE,
    }
)
"""Measures whose interval lies evenly about the value."""
SHARES = frozenset({Estimate.Measure.PROPORTION, Estimate.Measure.DROPOUT})
"""Measures that are events among participants."""
