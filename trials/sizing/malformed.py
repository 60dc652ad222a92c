"""A plan that cannot be read: every error with its field and a sentence that says what is allowed."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from trials.sizing.noun import LARGEST, SMALLEST, SMALLEST_SHARE, Located, in_words

# what a field takes, to complete "… is X; it must be …"
ALLOWED = {
    "design": 'an object, for example {"sequences": ["AB", "BA"]}',
    "outcome": 'an object, for example {"kind": "continuous", "within_subject_sd": 1.4}',
    "question": 'an object, for example {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -1}',
    "solve": 'an object, for example {"for": "n", "target_power": 0.9}',
    "alpha": "above 0 and below 1, for example 0.05",
    "sides": "1 or 2",
    "target_power": "above 0 and below 1, for example 0.9 for 90 %",
    "confidence_level": "above 0 and below 1, for example 0.95",
    "probability": "above 0 and below 1, for example 0.8",
    "dropout_rate": "at least 0 and below 1, for example 0.2 for 20 %",
    "lost_before_period": "shares of at least 0 and below 1, one for each period, for example [0, 0.05]",
    "within_subject_sd": "an SD above 0 in the outcome's unit, or a converter from what a paper prints",
    "between_subject_sd": "an SD of at least 0 in the outcome's unit",
    "total_sd": "an SD above 0 in the outcome's unit",
    "difference_sd": "an SD above 0 in the outcome's unit",
    "individual_response_sd": "an SD of at least 0 in the outcome's unit",
    "within_subject_cv": "a coefficient of variation above 0, for example 0.3 for 30 %",
    "between_subject_cv": "a coefficient of variation of at least 0, for example 0.3 for 30 %",
    "total_cv": "a coefficient of variation above 0, for example 0.3 for 30 %",
    "autocorrelation": "above −1 and below 1",
    "within_subject_correlation": "above −1 and below 1",
    "mean_difference": "a difference in the outcome's unit, with its sign",
    "mean_ratio": "a ratio above 0, for example 0.9",
    "margin": "a distance in the outcome's unit (a ratio on the log scale)",
    "half_width": "a width above 0 in the outcome's unit",
    "ratio_half_width": "a factor above 1, for example 1.2",
    "n_evaluable": "a number of people from 1 to 10,000,000",
    "n_randomised": "a number of people from 1 to 10,000,000",
    "n_per_sequence": "one whole number of people, 1 or more, for each sequence",
    "max_n": "a whole number from 2 to 10,000,000",
    "sequences": 'a list of sequences, one capital letter a period, for example ["AB", "BA"]',
    "allocation": "one number for each sequence, from 0.001 to 1,000, for example [1, 1]",
    "treatment": "one capital letter of the design",
    "comparator": "one capital letter of the design",
    "better": '"higher" or "lower"',
    "treatments": "a whole number from 2 to 8",
    "periods": "a whole number from 1 to 10",
    "treatment_only": "a share of at least 0 and below 1, for example 0.3",
    "comparator_only": "a share of at least 0 and below 1, for example 0.15",
    "probability_treatment": "above 0 and below 1, for example 0.45",
    "probability_comparator": "above 0 and below 1, for example 0.28",
    "probability_superior": "above 0 and below 1, for example 0.7",
    "tie_fractions": "shares of people above 0 and below 1, for example [0.3, 0.2]",
    "rate_comparator": "a mean number of events above 0 for each person and period",
    "rate_ratio": "a ratio above 0, for example 0.7",
    "overdispersion": "variance ÷ mean within a person, at least 1",
    "people": '"random" (a sample of the population) or "fixed" (these people alone)',
    "estimate": '"own" or "shrunken"',
    "cycles": "a whole number from 1 to 50",
    "looks": "a whole number from 1 to 12",
    "follow_up_years": "a time from 0.001 to 100, in years",
    "share_on_drug": "from 0.001 to 1, for example 0.5 in AB/BA",
    "discontinuation_rate": "a rate of at least 0 a year",
    "target_assurance": "above 0 and below 1, for example 0.8 for 80 %",
    "person_years": "a number of person-years above 0",
    "event_rate": "a share of people above 0 and below 1, for example 0.01 for 1 %",
    "person_time_rate": "a number of events above 0 for each person-year, for example 0.01 for 1 per 100",
    "events": "a whole number from 1 to 100,000",
    "observed_events": "a whole number from 0 to 100,000",
    "ratio_to_exclude": "a ratio above 1, for example 2 for a doubling",
    "per": '"person" or "person_year"',
    "moderator": 'an object, for example {"kind": "binary", "prevalence": 0.45, "difference_in_effect": -1}',
    "prevalence": "a share of people above 0 and below 1, for example 0.45",
    "difference_in_effect": "a difference between effects in the outcome's unit, with its sign",
    "sensitivity": "above 0 and at most 1, for example 0.9",
    "specificity": "above 0 and at most 1, for example 0.9",
    "stratified": "true where the sizes of the groups are planned, false where they are left to chance",
    "shares": 'the share of people in each group, for example {"AA": 0.64, "AG": 0.36}',
    "effects": 'the effect (treatment − comparator) in each group, for example {"AA": -1.2, "AG": -0.2}',
    "compare": 'the names of two groups, for example ["AA", "AG"]',
    "moderator_sd": "an SD above 0, as measured, in the moderator's own unit",
    "slope": "a change of the effect per unit of the moderator, with its sign",
    "reliability": "above 0 and at most 1, for example 0.8",
    "correlation": "above −1 and below 1, for example 0.4",
    "hazard_ratio": "a ratio above 0, for example 0.5",
    "event_share": "a share of people from 0.000001 to 1, for example 0.6",
    "seed": "a whole number of at least 0, for example 1",
    "trials": "a whole number from 100 to 10,000,000",
    "monte_carlo_error": "a standard error above 0 and at most 0.1, for example 0.003",
    "carryover": 'the effect of letters in the period after them, in the outcome\'s unit, for example {"A": -0.25}',
    "dropout": '"random" or "fixed"',
    "sd_degrees_of_freedom": "degrees of freedom from 1 to 10,000,000, for example 20",
    "cv_degrees_of_freedom": "degrees of freedom from 1 to 10,000,000, for example 20",
    "effect_standard_error": "a standard error above 0 in the outcome's unit (of the logarithm for ratios)",
    "prior.estimate": "a published difference in the outcome's unit (a ratio on the log scale), with its sign",
    "confidence_interval": "two numbers, the lower end first, for example [-0.95, 0.27]",
    "p_value": "above 0 and below 1, for example 0.016",
    "effect_truncated_at": "a difference in the outcome's unit (a ratio on the log scale)",
    "share_responding": "above 0 and at most 1, for example 0.7",
    "spending": "obrien_fleming or pocock",
    "re_estimation": 'an object, for example {"method": "blinded", "at_fraction": 0.5, "maximum_n": 120}',
    "at_fraction": "above 0 and below 1, for example 0.5",
    "maximum_n": "a whole number of evaluable people from 4 to 1,000,000",
    "true_within_subject_sd": "an SD above 0 in the outcome's unit (of the logarithm on the log scale)",
    "means": "one number for each letter of the design, in the outcome's unit",
    "doses": 'the dose of each letter, 0 or more, for example {"A": 0, "B": 1.5, "C": 3}',
    "mean_differences": 'the difference of each letter from the comparator, for example {"B": -0.5, "C": -1}',
    "mean_ratios": 'the ratio of each letter to the comparator, above 0, for example {"B": 0.9, "C": 0.8}',
    "order": 'the letters in the order in which they are tested, for example ["D", "C", "B"]',
    "success": '"any" or "all"',
    "adjustment": '"dunnett", "bonferroni", "holm" or "fixed_sequence"',
    "max_effect": "a difference best dose − placebo in the outcome's unit, with its sign",
    "shapes": 'one to eight shapes, for example [{"kind": "linear"}, {"kind": "emax", "ed50": 1.5}]',
    "target": '"minimum" or "mean"',
    "ed50": "a dose above 0",
    "hill": "above 0 and at most 100",
}
OUTCOME_KINDS = ["continuous", "binary", "ordinal", "count"]
NO_PLACE = {"[key]", "int", "float"}  # keys of a mapping, and the sorts of number that a value may be of
TAGS = {"question": "kind", "outcome": "kind", "solve": "for", "moderator": "kind"}


class MalformedPlan(Exception):  # noqa: N818  a word of the plan language, not of Python
    """A plan that cannot be read. `errors` is a list of {"field": …, "message": …}, one for each error found."""

    def __init__(self, errors: Iterable[Mapping[str, str]]) -> None:
        self.errors = [dict(error) for error in {(error["field"], error["message"]): error for error in errors}.values()]
        super().__init__("; ".join(f"{error['field']}: {error['message']}" for error in self.errors))


def located(
    error: Mapping[str, Any], known: Mapping[str, Mapping[str, Sequence[str]]], prefix: tuple[str, ...] = ()
) -> list[dict[str, str]]:
    """One error of pydantic as errors of ours.

    Parameters
    ----------
    error : mapping
        An entry of `ValidationError.errors()`.
    known : mapping
        Keys that may stand in a noun: noun → tag ("" where it has none) → keys.
    prefix : tuple of str
        Where the value that was read stands in the plan.
    """
    place = [str(part) for part in error["loc"] if not isinstance(part, int) and part not in NO_PLACE]
    tag = ""
    if place and place[0] in TAGS and len(place) > 1 and place[1] in known.get(place[0], {}):
        tag = place.pop(1)
        # a noun within a question carries a tag of its own
        inner = ".".join(place[:2])
        if len(place) > 2 and place[2] in known.get(inner, {}):
            tag = place.pop(2)
    elif prefix and place:
        tag = place.pop(0)
    path = [*prefix, *place]
    raised = error.get("ctx", {}).get("error")
    if isinstance(raised, Located):
        return [{"field": ".".join([*path, *problem.split(".")]), "message": message} for problem, message in raised.problems]
    if error["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return [_unknown_tag(path, error, known)]
    if error["type"] == "extra_forbidden":
        noun = prefix[-1] if prefix and len(place) == 1 else ".".join(place[:-1])
        keys = known.get(noun, {})
        return [{"field": ".".join(path), "message": unknown_key(path[-1], keys.get(tag, keys.get("", ())))}]
    return [{"field": ".".join(path) or "plan", "message": _sentence(path or ["plan"], error)}]


def unknown_key(key: str, known: Sequence[str]) -> str:
    """A sentence on a key that does not exist, with the one that was probably meant."""
    near = get_close_matches(key, known, n=1, cutoff=0.6)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"There is no key {key} here.{meant} Known keys: {', '.join(known)}."


def _unknown_tag(path: list[str], error: Mapping[str, Any], known: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, str]:
    noun = path[-1]
    key, given = TAGS.get(noun, "from"), error["input"]
    said = given.get(key) if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping):
        return {"field": ".".join(path), "message": f"{noun} is {_shown(given)}; it must be an object with the key {key}."}
    if noun == "outcome" and said == "continuous":
        return {"field": ".".join([*path, "scale"]), "message": f"scale is {_shown(given.get('scale'))}; it must be additive or log."}
    choices = (
        OUTCOME_KINDS if noun == "outcome" else [tag for tag in known.get(".".join(path), known.get(noun, {})) if tag and " " not in tag]
    )
    near = get_close_matches(str(said), choices, n=1, cutoff=0.6)
    meant = f" Did you mean {near[0]}?" if near else ""
    start = f"{key} is missing" if said is None else f"No method serves {key} {str(said)[:40]}"
    return {"field": ".".join([*path, key]), "message": f"{start}; it must be {in_words(choices, 'or')}.{meant}"}


def _sentence(path: Sequence[str], error: Mapping[str, Any]) -> str:
    name = path[-1]
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    allowed = ALLOWED.get(".".join(path[-2:])) or ALLOWED.get(name) or _range(kind, context)
    if kind == "missing":
        return f"{name} is missing{f'; it must be {allowed}' if allowed else ''}."
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return f"{name} is {_shown(given)}; it must be an object of keys and values."
    if (context.get("ge") == SMALLEST and given > 0) or context.get("le") == LARGEST or context.get("ge") == -LARGEST:
        return f"{name} is {_shown(given)}; use a unit in which it lies between {SMALLEST:g} and {LARGEST:,.0f}."
    if context.get("ge") == SMALLEST_SHARE and given > 0:
        return f"{name} is {_shown(given)}; shares below {SMALLEST_SHARE:g} are not told from 0. Use a larger one."
    advice = (
        " Rates are shares of 1: write 0.2 for 20 %."
        if kind.startswith("less_than") and name in {"dropout_rate", "alpha", "target_power"}
        else ""
    )
    return f"{name} is {_shown(given)}; it must be {allowed or error['msg'].lower()}.{advice}"


def _range(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "")
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    if found := [f"{word} {context[key]:,}" for key, word in words.items() if key in context]:
        return found[0]
    return {
        "float_type": "a number",
        "float_parsing": "a number",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "finite_number": "a finite number",
        "string_type": "text",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "tuple_type": "a list",
    }.get(kind, "")


def _shown(given: Any) -> str:
    if given is None:
        return "empty"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str):
        return f"the text “{given[:40]}”"
    text = str(given)
    return text if len(text) <= 60 else f"{text[:57]}…"
