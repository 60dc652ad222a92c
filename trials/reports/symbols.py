"""What each symbol of a report means, with the name that it has in the plan language."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trials.kinds import box_of
from trials.reports.display import count, given, percent
from trials.reports.document import Cell, Value


@dataclass(frozen=True)
class Symbol:
    """A letter with its subscript, and what it stands for."""

    name: str
    letter: str
    subscript: str
    meaning: Promise

    def cell(self) -> Cell:
        return Cell(Value(self.name, self.letter), subscript=self.subscript)


SYMBOLS = (
    Symbol("mean_difference", "θ", "", _("Mean within-person difference assumed, treatment − comparator, in the unit of the outcome.")),
    Symbol(
        "within_subject_sd",
        "σ",
        "w",
        _("Within-subject SD: how one person's values vary between periods on the same treatment; the root of the error mean square."),
    ),
    Symbol(
        "difference_sd",
        "σ",
        "D",
        _(
            "SD of the within-person difference between one period on each treatment; √2 times the within-subject SD when people respond alike."
        ),
    ),
    Symbol("dropout_rate", "d", "", _("Loss: the share of the randomised who do not complete every period.")),
    Symbol("alpha", "α", "", _("Significance level: the chance of a false claim if there is no difference.")),
    Symbol(
        "target_power", "1\N{NO-BREAK SPACE}−\N{NO-BREAK SPACE}β", "", _("Power: the chance that the test finds the assumed difference.")
    ),
    Symbol("standard_error", "SE", "", _("Standard error of the estimated mean difference at the number evaluable.")),
    Symbol("degrees_of_freedom", "df", "", _("Degrees of freedom of the test: the information that is left to estimate the SD.")),
    Symbol(
        "critical_value",
        "t",
        "c",
        _("Critical value: the estimate counts as different where it is this many standard errors from the value tested."),
    ),
    Symbol("n_evaluable", "N", "", _("Evaluable participants: those who complete every period and are analysed.")),
    Symbol("n_randomised", "N", "R", _("Randomised participants: those who start, so that enough remain after the loss.")),
    Symbol("half_width", "h", "", _("Expected half-width of the confidence interval for the mean difference.")),
)
BY_NAME = {symbol.name: symbol for symbol in SYMBOLS}
LABELS = {
    "mean_difference": _("Mean difference"),
    "within_subject_sd": _("Within-subject SD"),
    "difference_sd": _("SD of the difference"),
    "individual_response_sd": _("SD of individual response"),
    "dropout_rate": _("Loss"),
    "within_subject_cv": _("Within-subject CV"),
    "half_width": _("Half-width"),
    "ratio_half_width": _("Half-width, as a factor"),
    "treatment_only": _("Responding on the treatment only"),
    "comparator_only": _("Responding on the comparator only"),
    "probability_superior": _("Chance of a larger value"),
    "overdispersion": _("Variance ÷ mean of the counts"),
    "difference_in_effect": _("Difference between the effects"),
    "person_time_rate": _("Events a person-year"),
    "event_rate": _("Share of people with the event"),
}
OUTCOME_UNIT = ("_sd", "difference", "margin", "limit", "half_width", "difference_in_effect", "max_effect", "estimate")
NO_SYMBOL = Cell(Value(None, ""))


def symbol_cell(name: str) -> Cell:
    """The symbol of a quantity, or an empty cell."""
    return BY_NAME[name].cell() if name in BY_NAME else NO_SYMBOL


def quantity_label(name: str) -> str:
    """The short name of a quantity, on an axis or in a table; one without a name of its own goes by its key."""
    box = None if name in LABELS else box_of(name)
    label = str(LABELS.get(name) or (box.label if box else name.replace("_", " ")))
    return label[:1].upper() + label[1:]


def quantity_value(name: str, value: float) -> Value:
    """An assumed value on an axis or in a key: a share in per cent, everything else as it was given."""
    box = box_of(name)
    if box is not None and box.sort == "count" and float(value).is_integer():
        return count(int(value))
    is_share = name.endswith("_cv") or (box is not None and box.sort in {"percent", "variation"})
    return percent(value) if is_share else given(value)


def in_outcome_unit(name: str) -> bool:
    """Whether an assumption of that name is in the unit of the outcome, rather than a share, a ratio or a rate."""
    return name.endswith(OUTCOME_UNIT) and name != "moderator_sd"
