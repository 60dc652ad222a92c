"""S1–S25: what the sample-size section has to hold, by our own contract with its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trials.protocol.conformance import topics
from trials.protocol.conformance.item import Finding, Part, Place, Rule, StandardItem, asks, verdict_of
from trials.protocol.conformance.reading import chosen, crossover_only, rows, text
from trials.protocol.conformance.rules import analysis, design, fit, ledger, schedule
from trials.protocol.conformance.rules import sizing as found
from trials.protocol.conformance.rules.sizing import freshness, of_sizing, stated

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from trials.protocol.content import Content


def _row(number: int, words: _StrPromise, *parts: Part, rule: Rule | None = None, **more: Any) -> StandardItem:
    return StandardItem("sample_size", f"S{number}", words, rule or asks(freshness, *parts), **more)


ITEMS: tuple[StandardItem, ...] = (
    _row(
        1,
        gettext_lazy("The objective, the estimand and the endpoint that the size serves"),
        text("estimand", "primary_objective"),
        text("estimand", "treatment_condition"),
        chosen("estimand", "population_attribute"),
        chosen("estimand", "variable_attribute"),
        rows("estimand", "intercurrent_events", "event", "strategy"),
        chosen("estimand", "summary_measure"),
        schedule.primary_outcome,
    ),
    _row(
        2,
        gettext_lazy("The framework: superiority, non-inferiority or equivalence with the margin and why, or precision"),
        design.framework,
        found.margin,
        stated(gettext_lazy("{value}"), lambda sizing: sizing.hypothesis),
    ),
    _row(
        3,
        gettext_lazy("The design: sequences, periods, allocation"),
        rule=crossover_only(asks(freshness, design.sequences, of_sizing(fit.design_of_size))),
        crossover="!!",
    ),
    _row(
        4,
        gettext_lazy("The model that the size assumes is the primary model; else the gap is said"),
        of_sizing(fit.model_of_size),
        crossover="!!",
    ),
    _row(
        5,
        gettext_lazy("The target difference in natural units, and its direction"),
        ledger.values("effect", lambda: _("The ledger has no target difference.")),
        ledger.direction,
    ),
    _row(
        6,
        gettext_lazy("On what the target difference rests: important, realistic or both; method and sources"),
        ledger.sources("effect"),
        ledger.basis_of_difference,
    ),
    _row(
        7,
        gettext_lazy("Which SD it is, its value, and how it was converted"),
        ledger.which_sd,
        of_sizing(found.conversion),
        crossover="!!",
    ),
    _row(
        8,
        gettext_lazy("Where the spread comes from: studies, people behind it, who settled it and when"),
        ledger.sources("spread", decided=True, counted=True),
    ),
    _row(9, gettext_lazy("The standardised effect, as derived only"), ledger.standardised),
    _row(10, gettext_lazy("α, sides, and how α is shared out"), of_sizing(found.alpha), found.multiplicity),
    _row(11, gettext_lazy("The power wanted, and the power that the whole number of people reaches"), of_sizing(found.target)),
    _row(
        12,
        gettext_lazy("The method, its degrees of freedom, and references"),
        stated(gettext_lazy("{value}"), lambda sizing: sizing.method),
        of_sizing(
            lambda _content, sizing: (
                Finding(Place("sizing"), _("{df} degrees of freedom.").format(df=f"{df:g}"))
                if (df := sizing.answer.get("degrees_of_freedom")) is not None
                else None
            )
        ),
        stated(gettext_lazy("References: {value}"), lambda sizing: "; ".join(sizing.answer.get("references") or ())),
    ),
    _row(13, gettext_lazy("Completers needed, in each sequence and in all, and how they are rounded"), of_sizing(found.people)),
    _row(
        14,
        gettext_lazy("The loss that is allowed for, when it happens, where it comes from, and how many are randomised"),
        of_sizing(found.loss),
        ledger.sources("loss"),
    ),
    _row(
        15,
        gettext_lazy("What people with one period add"),
        rule=crossover_only(asks(freshness, analysis.one_period_rule, of_sizing(fit.one_period_in_size))),
        crossover="!!",
    ),
    _row(
        16,
        gettext_lazy("Carry-over: what is assumed, the washout against half-lives and effect, and the bias if that is wrong"),
        rule=crossover_only(
            asks(
                freshness,
                fit.washout_against_effect,
                text("design", "washout_rationale", topics.HALF_LIFE_OR_EFFECT),
                text("analysis", "carryover", topics.BIAS),
            ),
        ),
        crossover="!!",
    ),
    _row(
        17,
        gettext_lazy("How period and sequence effects are handled"),
        rule=crossover_only(asks(freshness, text("analysis", "period_effect"), of_sizing(fit.period_in_model))),
        crossover="!!",
    ),
    _row(
        18,
        gettext_lazy("Sensitivity: participants over difference and SD, over the loss, and power around the number"),
        of_sizing(found.sensitivity),
    ),
    _row(
        19,
        gettext_lazy("Assurance: the power averaged over how uncertain the spread is"),
        of_sizing(found.assurance),
        required="good",
        may_not_apply=True,
    ),
    _row(
        20,
        gettext_lazy("The smallest difference that can be detected, and the width of the interval to expect"),
        of_sizing(found.detectable),
        required="good",
        may_not_apply=True,
    ),
    _row(
        21,
        gettext_lazy("The size of a parallel-group trial of the same question"),
        fit.parallel_size,
        required="good",
        may_not_apply=True,
        crossover="!",
    ),
    _row(
        22,
        gettext_lazy("Looks before the end, re-estimation of the spread, and the most people"),
        of_sizing(found.looks),
        required="if used",
        may_not_apply=True,
    ),
    _row(23, gettext_lazy("Whether recruitment has the time it needs"), fit.recruitment_time, required="good", may_not_apply=True),
    _row(
        24,
        gettext_lazy("Program, version, seed, digest of the inputs, and the command that gives the same again"),
        stated(gettext_lazy("Engine {value}."), lambda sizing: sizing.engine_version),
        stated(
            gettext_lazy("SHA-256 of the plan {value}; the command stands in part 9 of report {uid}."), lambda sizing: sizing.plan_digest
        ),
        of_sizing(
            lambda _content, sizing: Finding(
                Place("sizing"),
                _("The simulation has a fixed seed.") if sizing.answer.get("trials_run") else _("No seed: nothing is drawn at random."),
            )
        ),
    ),
    _row(
        25,
        gettext_lazy("The paragraph that states it, ready for the protocol"),
        stated(gettext_lazy("{value}"), lambda sizing: sizing.statement),
        stated(gettext_lazy("In everyday words: {value}"), lambda sizing: sizing.plain_statement),
    ),
)


def required_rows(content: Content) -> Finding:
    """What SPIRIT 19 asks: every row that is required, with the number of people."""
    verdicts = [verdict_of(item, content) for item in ITEMS if item.required == "yes"]
    done = [verdict.item.number for verdict in verdicts if verdict.state in {"met", "not_applicable"}]
    wanting = [verdict.item.number for verdict in verdicts if verdict.item.number not in done]
    sizing = content.sizing
    people = (
        _("{n} randomised, {evaluable} evaluable ({uid}).").format(
            n=found.whole(sizing.n_randomised), evaluable=found.whole(sizing.n_evaluable), uid=sizing.uid
        )
        if sizing
        else ""
    )
    counted = _("{n} of {all} required rows are met.").format(n=len(done), all=len(verdicts))
    shown = f"{people} {counted}".strip() if sizing else ""
    lacking = _("Wanting: {rows}.").format(rows=", ".join(wanting)) if wanting else ""
    return Finding(Place("sizing"), shown, lacking)
