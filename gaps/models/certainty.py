"""How certain the evidence on one outcome of a gap is, by the domains of GRADE (Guyatt et al., BMJ 2008;336:924–6, 10.1136/bmj.39489.470347.AD)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gaps.models.gap import Gap
from gaps.models.term import Term

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DOWN = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
UP = ("large_effect", "dose_response", "residual_confounding")
DOMAINS = (*DOWN, *UP)
_SUM = F("start")
for _domain in DOMAINS:
    _SUM = _SUM + F(_domain)  # type: ignore[assignment]


class Down(models.IntegerChoices):
    """How far a domain takes certainty down."""

    NOT = 0, _("not serious")
    SERIOUS = -1, _("serious, one level down")
    VERY_SERIOUS = -2, _("very serious, two levels down")


class Up(models.IntegerChoices):
    """How far a domain takes certainty up."""

    NOT = 0, _("no")
    ONE = 1, _("one level up")
    TWO = 2, _("two levels up")


class UpOnce(models.IntegerChoices):
    """How far a domain that counts one level takes certainty up."""

    NOT = 0, _("no")
    ONE = 1, _("one level up")


def _judgement(label: _StrPromise, choices: type[models.IntegerChoices], help_text: _StrPromise) -> models.SmallIntegerField[int, int]:
    return models.SmallIntegerField(label, choices=choices.choices, default=0, help_text=help_text)


def _rationale(help_text: _StrPromise) -> models.CharField[str, str]:
    return models.CharField(_("because"), max_length=300, blank=True, help_text=help_text)


_WHY = _("One sentence; needed wherever certainty moves.")


class CertaintyAssessment(models.Model):
    """One person's judgement of the evidence on one outcome. Rows are never changed: a later one takes its place."""

    class Start(models.IntegerChoices):
        HIGH = 4, _("High: randomised evidence")
        LOW = 2, _("Low: observational evidence")

    class Level(models.IntegerChoices):
        VERY_LOW = 1, pgettext_lazy("certainty", "Very low")
        LOW = 2, pgettext_lazy("certainty", "Low")
        MODERATE = 3, pgettext_lazy("certainty", "Moderate")
        HIGH = 4, pgettext_lazy("certainty", "High")

    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="certainty_assessments", on_delete=models.PROTECT)
    outcome_domain = models.ForeignKey(
        Term,
        verbose_name=_("outcome"),
        related_name="certainty_assessments",
        limit_choices_to={"scheme": Term.Scheme.OUTCOME},
        on_delete=models.PROTECT,
    )
    start = models.SmallIntegerField(_("starts at"), choices=Start.choices)
    risk_of_bias = _judgement(_("risk of bias"), Down, _("Flaws of design or conduct that make results unsafe."))
    risk_of_bias_note = _rationale(_WHY)
    inconsistency = _judgement(_("inconsistency"), Down, _("Results that differ more than chance explains."))
    inconsistency_note = _rationale(_WHY)
    indirectness = _judgement(_("indirectness"), Down, _("Other people, doses, comparisons or outcomes than the question's."))
    indirectness_note = _rationale(_WHY)
    imprecision = _judgement(_("imprecision"), Down, _("An interval that holds conclusions which contradict each other."))
    imprecision_note = _rationale(_WHY)
    publication_bias = _judgement(_("publication bias"), Down, _("Results that are probably missing because of what they show."))
    publication_bias_note = _rationale(_WHY)
    large_effect = _judgement(_("large effect"), Up, _("So large that bias alone hardly makes it."))
    large_effect_note = _rationale(_WHY)
    dose_response = _judgement(_("dose–response gradient"), UpOnce, _("More of the treatment goes with more of the effect."))
    dose_response_note = _rationale(_WHY)
    residual_confounding = _judgement(_("residual confounding"), UpOnce, _("What was not adjusted for would have made the effect smaller."))
    residual_confounding_note = _rationale(_WHY)
    level = models.GeneratedField(  # the database counts, so that nobody can type a level
        expression=Case(
            When(condition=LessThan(_SUM, Value(1)), then=Value(1)),
            When(condition=GreaterThan(_SUM, Value(4)), then=Value(4)),
            default=_SUM,
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
        verbose_name=_("level"),
    )
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assessed by"),
        related_name="certainty_assessments",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
    )
    assessed_date = models.DateField(_("assessed"))

    class Meta:
        verbose_name = _("certainty assessment")
        verbose_name_plural = _("certainty assessments")
        ordering = ("-assessed_date", "-pk")
        get_latest_by = ("assessed_date", "pk")
        constraints = (
            *(
                models.CheckConstraint(
                    condition=Q(**{domain: 0}) | ~Q(**{f"{domain}_note": ""}),
                    name=f"{domain}_says_why",
                    violation_error_code=f"{domain}_note",
                    violation_error_message=_("Say in one sentence why this domain moves the certainty."),
                )
                for domain in DOMAINS
            ),
            *(models.CheckConstraint(condition=Q(**{f"{domain}__range": (-2, 0)}), name=f"{domain}_takes_down") for domain in DOWN),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{domain}__range": (0, 2 if domain == "large_effect" else 1)}), name=f"{domain}_takes_up"
                )
                for domain in UP
            ),
            models.CheckConstraint(condition=Q(start__in=(2, 4)), name="certainty_starts_high_or_low"),
        )

    def __str__(self) -> str:
        return f"{self.gap.uid}, {self.outcome_domain}: {self.level_word()}"

    def level_word(self) -> str:
        """The level in a word, such as "Moderate"."""
        return str(self.Level(self.level).label)

    def judgements(self) -> list[tuple[str, int, str]]:
        """The domains that move the certainty: what each is called, by how many levels, and why."""
        moved = [(domain, getattr(self, domain)) for domain in DOMAINS]
        return [
            (str(getattr(self._meta.get_field(domain), "verbose_name", domain)), step, getattr(self, f"{domain}_note"))
            for domain, step in moved
            if step
        ]

    def is_upgraded_in_spite(self) -> bool:
        """Whether a domain takes certainty up while another takes it down, which GRADE does rarely."""
        return any(getattr(self, domain) for domain in UP) and any(getattr(self, domain) for domain in DOWN)
