"""The formulas by which figures follow from what a source reports. A new one is one entry here, and one published number in a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Bound = float | str
"""A number, or the name of another input of the same formula."""


@dataclass(frozen=True)
class Input:
    """One number that a formula needs: its key, what it is, and where it lies: ``above`` and ``below`` exclude their ends."""

    name: str
    label: _StrPromise
    above: Bound | None = None
    below: Bound | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    whole: bool = False
    zero: bool = True


@dataclass(frozen=True)
class Formula:
    """One way from reported numbers to a derived one, with the rule as people write it, where it comes from, and what can come out."""

    name: str
    label: _StrPromise
    rule: str
    source: str
    inputs: tuple[Input, ...]
    work_out: Callable[..., float]
    at_least: float | None = None
    at_most: float | None = None


def _t(level: float, df: float) -> float:
    from scipy import special

    return -float(special.stdtrit(df, (1.0 - level) / 2.0))


def _z(level: float) -> float:
    from scipy import special

    return -float(special.ndtri((1.0 - level) / 2.0))


def _se_from_interval(low: float, high: float, level: float, df: float) -> float:
    return (high - low) / (2.0 * _t(level, df))


def _se_from_p_value(difference: float, p_value: float, df: float) -> float:
    return abs(difference) / _t(1.0 - p_value, df)


def _exact_lower(events: float, n: float, level: float) -> float:
    from scipy import special

    return 0.0 if events == 0 else float(special.betaincinv(events, n - events + 1.0, (1.0 - level) / 2.0))


def _exact_upper(events: float, n: float, level: float) -> float:
    from scipy import special

    return 1.0 if events == n else float(special.betaincinv(events + 1.0, n - events, (1.0 + level) / 2.0))


def _pooled_sd(sd_1: float, n_1: float, sd_2: float, n_2: float) -> float:
    return sqrt(((n_1 - 1.0) * sd_1**2 + (n_2 - 1.0) * sd_2**2) / (n_1 + n_2 - 2.0))


_COCHRANE = "Cochrane Handbook, chapter 6"
_DEFINITION = "definition"
_LEVEL = Input("level", _("confidence level"), above=0, below=1)
_DF = Input("df", _("degrees of freedom of the t test"), above=0)
_N = Input("n", _("participants"), at_least=1, whole=True)
_SE = Input("standard_error", _("standard error"), above=0)
_LOW = Input("low", _("lower limit"))
_HIGH = Input("high", _("upper limit"), above="low")
_EVENTS = Input("events", _("participants with the event"), at_least=0, at_most="n", whole=True)
_TOTAL_SD = Input("total_sd", _("SD of one measurement"), above=0)


def _group(number: int, label: _StrPromise, *, least: int = 1) -> Input:
    return Input(f"n_{number}", label, at_least=least, whole=True)


_N_1 = _group(1, _("participants of one group"))
_N_2 = _group(2, _("participants of the other"))

FORMULAS: dict[str, Formula] = {
    formula.name: formula
    for formula in (
        # Standard errors
        Formula(
            "se_from_interval",
            _("Standard error from a confidence interval"),
            "(high − low) / (2·t), t the two-sided point of Student's t at the level with df degrees of freedom",
            _COCHRANE,
            (_LOW, _HIGH, _LEVEL, _DF),
            _se_from_interval,
        ),
        Formula(
            "se_from_p_value",
            _("Standard error from a two-sided p value"),
            "|difference| / t, t the upper p/2 point of Student's t with df degrees of freedom",
            _COCHRANE,
            (Input("difference", _("difference"), zero=False), Input("p_value", _("two-sided p value"), above=0, below=1), _DF),
            _se_from_p_value,
        ),
        Formula(
            "se_from_sd",
            _("Standard error of a mean from an SD"),
            "SD / √n",
            _DEFINITION,
            (Input("sd", _("SD"), above=0), _N),
            lambda sd, n: sd / sqrt(n),
        ),
        Formula(
            "se_of_mean_difference",
            _("Standard error of a difference of two means from the SDs of two groups"),
            "√(sd_1²/n_1 + sd_2²/n_2)",
            _COCHRANE,
            (Input("sd_1", _("SD in one group"), above=0), _N_1, Input("sd_2", _("SD in the other"), above=0), _N_2),
            lambda sd_1, n_1, sd_2, n_2: sqrt(sd_1**2 / n_1 + sd_2**2 / n_2),
        ),
        Formula(
            "se_of_share",
            _("Standard error of a share"),
            "√(share·(1 − share)/n)",
            _DEFINITION,
            (Input("share", _("share"), above=0, below=1), _N),
            lambda share, n: sqrt(share * (1.0 - share) / n),
        ),
        Formula(
            "se_of_risk_difference",
            _("Standard error of a difference of two shares"),
            "√(p_1(1 − p_1)/n_1 + p_2(1 − p_2)/n_2)",
            _COCHRANE,
            (
                Input("p_1", _("share in one group"), above=0, below=1),
                _group(1, _("participants of that group")),
                Input("p_2", _("share in the other"), above=0, below=1),
                _N_2,
            ),
            lambda p_1, n_1, p_2, n_2: sqrt(p_1 * (1 - p_1) / n_1 + p_2 * (1 - p_2) / n_2),
        ),
        Formula(
            "log_se_from_interval",
            _("Standard error of the logarithm of a ratio from its confidence interval"),
            "(ln high − ln low) / (2·z), z the two-sided point of the normal distribution at the level",
            _COCHRANE,
            (Input("low", _("lower limit of the ratio"), above=0), Input("high", _("upper limit of the ratio"), above="low"), _LEVEL),
            lambda low, high, level: (log(high) - log(low)) / (2.0 * _z(level)),
        ),
        # SDs
        Formula(
            "sd_from_interval",
            _("SD from the confidence interval of one group's mean"),
            "√n·(high − low) / (2·t), t the two-sided point of Student's t at the level with n − 1 degrees of freedom",
            _COCHRANE,
            (_LOW, _HIGH, _LEVEL, Input("n", _("participants of the group"), at_least=2, whole=True)),
            lambda low, high, level, n: sqrt(n) * _se_from_interval(low, high, level, n - 1.0),
        ),
        Formula(
            "sd_from_group_se",
            _("SD of one measurement from the standard error of a difference between two groups"),
            "standard error / √(1/n_1 + 1/n_2)",
            _COCHRANE,
            (_SE, _N_1, _N_2),
            lambda standard_error, n_1, n_2: standard_error / sqrt(1.0 / n_1 + 1.0 / n_2),
        ),
        Formula(
            "sd_from_standardised_difference",
            _("SD from a difference and its standardised size (Cohen's d)"),
            "|difference / standardised difference|",
            _DEFINITION,
            (
                Input("difference", _("difference"), zero=False),
                Input("standardised_difference", _("standardised difference"), zero=False),
            ),
            lambda difference, standardised_difference: abs(difference / standardised_difference),
        ),
        Formula(
            "sd_from_iqr",
            _("SD from an interquartile range, normality assumed"),
            "interquartile range / 1.349",
            _COCHRANE,
            (Input("iqr", _("interquartile range"), above=0),),
            lambda iqr: iqr / 1.349,
        ),
        Formula(
            "pooled_sd",
            _("SD common to two groups"),
            "√(((n_1 − 1)·sd_1² + (n_2 − 1)·sd_2²) / (n_1 + n_2 − 2))",
            _COCHRANE,
            (
                Input("sd_1", _("SD in one group"), above=0),
                _group(1, _("participants of one group"), least=2),
                Input("sd_2", _("SD in the other"), above=0),
                _group(2, _("participants of the other"), least=2),
            ),
            _pooled_sd,
        ),
        Formula(
            "difference_sd_from_se",
            _("SD of the within-person difference from its standard error"),
            "standard error·√n",
            _COCHRANE,
            (_SE, _N),
            lambda standard_error, n: standard_error * sqrt(n),
        ),
        Formula(
            "difference_sd_from_correlation",
            _("SD of the within-person difference from the SD of one measurement and the correlation between periods"),
            "total_sd·√(2(1 − correlation))",
            _DEFINITION,
            (_TOTAL_SD, Input("correlation", _("correlation between two periods"), at_least=-1, below=1)),
            lambda total_sd, correlation: total_sd * sqrt(2.0 * (1.0 - correlation)),
        ),
        Formula(
            "within_subject_sd_from_difference_sd",
            _("Within-subject SD from the SD of the within-person difference"),
            "difference_sd / √2",
            _DEFINITION,
            (Input("difference_sd", _("SD of the within-person difference"), above=0),),
            lambda difference_sd: difference_sd / sqrt(2.0),
        ),
        # Correlation and reliability
        Formula(
            "correlation_from_sds",
            _("Correlation between two periods from three SDs"),
            "(sd_1² + sd_2² − difference_sd²) / (2·sd_1·sd_2)",
            _COCHRANE,
            (
                Input("sd_1", _("SD in one period"), above=0),
                Input("sd_2", _("SD in the other"), above=0),
                Input("difference_sd", _("SD of the within-person difference"), above=0),
            ),
            lambda sd_1, sd_2, difference_sd: (sd_1**2 + sd_2**2 - difference_sd**2) / (2.0 * sd_1 * sd_2),
            at_least=-1,
            at_most=1,
        ),
        Formula(
            "spearman_brown",
            _("Reliability of the mean of several ratings (Spearman–Brown)"),
            "k·reliability / (1 + (k − 1)·reliability)",
            "Spearman, Br J Psychol 1910;3:271–95; Brown, ibid. 296–322",
            (
                Input("reliability", _("reliability of one rating"), above=0, below=1),
                Input("k", _("ratings averaged"), at_least=1, whole=True),
            ),
            lambda reliability, k: k * reliability / (1.0 + (k - 1.0) * reliability),
        ),
        # Differences, ratios and shares
        Formula(
            "difference",
            _("Difference of two figures"),
            "first − second",
            _DEFINITION,
            (Input("first", _("first figure, the treatment's")), Input("second", _("second figure, the comparator's"))),
            lambda first, second: first - second,
        ),
        Formula(
            "ratio",
            _("Ratio of two figures"),
            "first / second",
            _DEFINITION,
            (Input("first", _("first figure, the treatment's")), Input("second", _("second figure, the comparator's"), zero=False)),
            lambda first, second: first / second,
        ),
        Formula(
            "from_per_cent",
            _("Figure from a percentage of another, such as points from per cent of baseline"),
            "per_cent / 100·whole",
            _DEFINITION,
            (Input("per_cent", _("per cent")), Input("whole", _("what it is a percentage of, such as the baseline mean"), above=0)),
            lambda per_cent, whole: per_cent / 100.0 * whole,
        ),
        Formula("share", _("Share of events"), "events / n", _DEFINITION, (_EVENTS, _N), lambda events, n: events / n),
        Formula(
            "share_lower_limit",
            _("Exact lower limit of a share"),
            "the (1 − level)/2 point of the beta distribution with events and n − events + 1; 0 without events",
            "Clopper and Pearson, Biometrika 1934;26:404–13",
            (_EVENTS, _N, _LEVEL),
            _exact_lower,
        ),
        Formula(
            "share_upper_limit",
            _("Exact upper limit of a share"),
            "the (1 + level)/2 point of the beta distribution with events + 1 and n − events; 1 when all have the event",
            "Clopper and Pearson, Biometrika 1934;26:404–13",
            (_EVENTS, _N, _LEVEL),
            _exact_upper,
        ),
        Formula(
            "zero_event_upper_limit",
            _("Upper limit of a rate when no event was seen"),
            "1 − (1 − level)^(1/n), one-sided",
            "Hanley and Lippman-Hand, JAMA 1983;249:1743–5",
            (_N, _LEVEL),
            lambda n, level: float(1.0 - exp(log(1.0 - level) / n)),
        ),
        Formula(
            "rule_of_three",
            _("Upper limit of a rate when no event was seen, by the rule of three"),
            "3 / n, about the one-sided 95 % limit",
            "Hanley and Lippman-Hand, JAMA 1983;249:1743–5",
            (Input("n", _("participants"), at_least=3, whole=True),),
            lambda n: 3.0 / n,
        ),
    )
}
