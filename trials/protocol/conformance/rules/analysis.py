"""The primary model, and what becomes of people with one period."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance.item import Finding, Place
from trials.protocol.conformance.reading import excerpt, is_said
from trials.protocol.sections import BY_NAME

if TYPE_CHECKING:
    from trials.protocol.content import Content

NO_BUT = re.compile(r"\b(no|not|never|without|nor|neither|rather than|instead of)\b", re.IGNORECASE)
PRETEST = re.compile(
    r"two.stage|pre-?test|preliminary test|\btest\w*\b.{0,40}carry.?over.{0,40}\bfirst\b|\bfirst\b.{0,20}\btest\w*\b.{0,40}carry.?over",
    re.IGNORECASE,
)


def model(content: Content) -> Finding:
    """The model by name, with its period effect."""
    place, spec = Place("section", "analysis", "model"), BY_NAME["analysis"].item("model")
    chosen = content.said("analysis", "model")
    if chosen not in dict(spec.choices):
        return Finding(place, lacking=_("No primary model is chosen."))
    lacking = ""
    if chosen == "paired_t":
        lacking = _("The comparison has no period effect; in a crossover it belongs in the model.")
    elif chosen == "other" and not is_said(content.said("analysis", "model_description")):
        lacking = _("It is another model than those offered, and is not described.")
    return Finding(place, spec.choice(chosen), lacking)


def no_pretest(content: Content) -> Finding | None:
    """Nothing, unless the text plans to test for carry-over first."""
    for item in ("carryover", "model_description", "period_effect", "sensitivity"):
        for sentence in re.split(r"(?<=[.;!?])\s+|\n", str(content.said("analysis", item))):
            if PRETEST.search(sentence) and not NO_BUT.search(sentence):
                place = Place("section", "analysis", item)
                lacking = _("{sentence} tests for carry-over before the analysis; that distorts what follows. Leave it out.")
                return Finding(place, lacking=lacking.format(sentence=excerpt(sentence)))
    return None


def one_period_rule(content: Content) -> Finding:
    """What becomes of people with one period, and whether the model can do it."""
    place, spec = Place("section", "missing_data", "one_period_rule"), BY_NAME["missing_data"].item("one_period_rule")
    chosen = content.said("missing_data", "one_period_rule")
    if chosen not in dict(spec.choices):
        return Finding(place, lacking=_("Nothing is chosen at “{item}”.").format(item=spec.label))
    planned = content.said("analysis", "model")
    lacking = ""
    if chosen == "kept_mixed_model" and planned in {"fixed_participants", "paired_t", "exact_binary"}:
        lacking = _("A mixed model is to keep their period, but the primary model is “{model}”, which drops it.").format(
            model=BY_NAME["analysis"].item("model").choice(planned)
        )
    return Finding(place, spec.choice(chosen), lacking)
