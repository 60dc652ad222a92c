"""What the stored sizing holds, and whether the protocol still asks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from trials.protocol.conformance.item import Finding, Part, Place
from trials.protocol.conformance.reading import LONGEST_EXCERPT, excerpt, is_crossover, one_line, text
from trials.protocol.sections import BY_NAME

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from trials.protocol.content import Content, QuestionFact, SizingFact

SIZING = Place("sizing")
WITH_MARGIN = {"non_inferiority", "equivalence"}
SEVERAL_TESTS = {"many_to_one", "dose_response_shapes"}


def plan_in(sizing: SizingFact) -> dict[str, Any]:
    """The plan with its defaults filled in, as the engine answered it."""
    settled = sizing.answer.get("plan")
    return settled if isinstance(settled, dict) else sizing.plan


def block(sizing: SizingFact, name: str) -> dict[str, Any]:
    """One noun of the plan; empty where it has none."""
    found = plan_in(sizing).get(name)
    return found if isinstance(found, dict) else {}


def freshness(content: Content) -> Finding | None:
    """Nothing while the sizing answers what the protocol asks; else what is wrong with it."""
    if content.sizing is None:
        return Finding(SIZING, lacking=_("No sizing is saved."))
    if not content.sizing.is_current:
        stale = _("{uid} is stale: the protocol has changed since. Size it again.").format(uid=content.sizing.uid)
        return Finding(SIZING, lacking=stale)
    return None


def of_sizing(read: Callable[[Content, SizingFact], Finding | None]) -> Part:
    """A part that reads the sizing; without one, `freshness` says so."""

    def part(content: Content) -> Finding | None:
        return read(content, content.sizing) if content.sizing else None

    return part


def stated(words: _StrPromise, value: Callable[[SizingFact], object], place: Place = SIZING) -> Part:
    """Something that the sizing says; `words` with its value, or that it lacks."""

    def part(content: Content) -> Finding | None:
        if content.sizing is None:
            return None
        said = value(content.sizing)
        if said in (None, "", (), []):
            return Finding(place, lacking=_("{uid} does not hold it.").format(uid=content.sizing.uid))
        shown = excerpt(said) if isinstance(said, str) and len(said) > LONGEST_EXCERPT else said
        return Finding(place, str(words).format(value=shown, uid=content.sizing.uid))

    return part


def margin(content: Content) -> Finding | None:
    """The margin and why it is so wide, where the framework has one."""
    question = content.question
    if question is None or question.kind not in WITH_MARGIN:
        return None
    found = {
        name: value
        for name, value in (block(content.sizing, "question") if content.sizing else {}).items()
        if "margin" in name or "limit" in name
    }
    place = Place("section", "analysis", "model_description")
    why = one_line(content.said("analysis", "model_description"))
    shown = (
        _("Margin: {margin}.").format(margin=", ".join(f"{value:g}" for value in found.values() if isinstance(value, int | float)))
        if found
        else ""
    )
    return Finding(
        place, shown, "" if "margin" in why.lower() else _("Why the margin is so wide is not said where the model is described.")
    )


def conversion(content: Content, sizing: SizingFact) -> Finding | None:
    """How the SD was converted, where it was."""
    for one in sizing.answer.get("conversions") or []:
        shown = _("{formula} = {value}").format(formula=one.get("formula"), value=f"{one.get('value', 0):.4g}")
        return Finding(SIZING, shown)
    return None


def target(content: Content, sizing: SizingFact) -> Finding:
    """The power wanted and the power reached, or the width of a precision question."""
    solve, answer = block(sizing, "solve"), sizing.answer
    wanted = solve.get("target_power") or solve.get("target_assurance")
    reached = sizing.power if sizing.power is not None else answer.get("assurance")
    width = solve.get("half_width") or answer.get("half_width")
    if reached is None and width is not None:
        return Finding(SIZING, _("Precision: half-width {width}.").format(width=f"{width:g}"))
    missing = [] if wanted else [_("the power wanted")]
    missing += [] if reached is not None else [_("the power reached")]
    shown = [_("Wanted {share}.").format(share=per_cent(wanted))] if wanted else []
    shown += [_("{n} evaluable reach {share}.").format(n=whole(sizing.n_evaluable), share=per_cent(reached))] if reached is not None else []
    return Finding(SIZING, " ".join(shown), _("{what}.").format(what=", ".join(missing)) if missing else "")


def alpha(content: Content, sizing: SizingFact) -> Finding:
    """The significance level and its sides."""
    analysis = block(sizing, "analysis")
    if (level := analysis.get("alpha")) is None:
        return Finding(SIZING, lacking=_("The significance level is not given."))
    sides = {1: _("one-sided"), 2: _("two-sided")}.get(int(analysis.get("sides") or 0), "")
    looks = int(analysis.get("looks") or 1)
    shared = _("shared out over {n} looks").format(n=looks) if looks > 1 else ""
    return Finding(SIZING, ", ".join(one for one in (_("α {level}").format(level=f"{level:g}"), sides, shared) if one))


def multiplicity(content: Content) -> Finding | None:
    """How α is shared out where there is more than one test; one primary test shares nothing."""
    question: QuestionFact | None = content.question
    if question is None:
        return None
    looks = int(block(content.sizing, "analysis").get("looks") or 1) if content.sizing else 1
    if question.kind in SEVERAL_TESTS or looks > 1:
        return text("analysis", "multiplicity")(content)
    return Finding(SIZING, _("One primary question, tested once; α is not divided."))


def people(content: Content, sizing: SizingFact) -> Finding:
    """Completers, in all and by sequence."""
    if sizing.n_evaluable is None:
        return Finding(SIZING, lacking=_("No number of participants answers the question."))
    each = sizing.answer.get("n_per_sequence") or ()
    shown = (
        _("{n} evaluable, {each} by sequence; rounded up to whole participants that keep the allocation.") if each else _("{n} evaluable.")
    )
    lacking = "" if each or not is_crossover(content) else _("The number in each sequence is missing.")
    return Finding(SIZING, shown.format(n=whole(sizing.n_evaluable), each=", ".join(map(whole, each))), lacking)


def loss(content: Content, sizing: SizingFact) -> Finding:
    """The loss that is allowed for, at which point, and how many are randomised."""
    attrition = block(sizing, "attrition")
    rate, by_period = attrition.get("dropout_rate"), attrition.get("lost_before_period")
    total = _("{n} randomised.").format(n=whole(sizing.n_randomised)) if sizing.n_randomised is not None else ""
    if by_period:
        words = _("Lost before the successive periods: {shares}.").format(shares=", ".join(map(per_cent, by_period)))
        return Finding(SIZING, f"{words} {total}".strip())
    if rate is None:
        return Finding(SIZING, total, _("No loss is allowed for, and that it is none is not said."))
    words = _("{share} do not complete every period.").format(share=per_cent(rate))
    return Finding(SIZING, f"{words} {total}".strip(), "" if total else _("The number to randomise is missing."))


def sensitivity(content: Content, sizing: SizingFact) -> Finding:
    """Which tables the report holds for a plan like this one."""
    found, where = block(sizing, "solve").get("for"), _("part 6 of report {uid}").format(uid=sizing.uid)
    if found != "n" or sizing.n_evaluable is None:
        return Finding(SIZING, lacking=_("The sizing does not look for a number of participants, so its report has no table of it."))
    if block(sizing, "outcome").get("kind") == "continuous" and sizing.power is not None:
        return Finding(
            SIZING, _("Participants over difference and SD, over the loss, and power by participants: {where}.").format(where=where)
        )
    lacking = _("Whether a table over the assumed effect is among it has to be looked up there.")
    return Finding(SIZING, _("What was explored around the plan: {where}.").format(where=where), lacking)


def detectable(content: Content, sizing: SizingFact) -> Finding:
    """Where the smallest detectable difference and the width of the interval stand."""
    if (width := sizing.answer.get("half_width")) is not None:
        return Finding(SIZING, _("Expected half-width {width}.").format(width=f"{width:.4g}"))
    pairwise = content.question is not None and content.question.kind in {"superiority", "non_inferiority", "equivalence"}
    fixed = int(block(sizing, "analysis").get("looks") or 1) == 1 and not sizing.plan.get("prior")
    if pairwise and fixed and block(sizing, "outcome").get("kind") == "continuous" and sizing.n_evaluable is not None:
        return Finding(SIZING, _("Part 4 of report {uid} has both.").format(uid=sizing.uid))
    return Finding(SIZING, lacking=_("Neither is kept for this kind of question."))


def assurance(content: Content, sizing: SizingFact) -> Finding:
    if (share := sizing.answer.get("assurance")) is not None:
        return Finding(SIZING, _("Assurance {share}.").format(share=per_cent(share)))
    return Finding(
        SIZING, lacking=_("The size takes difference and SD as certain. Say in the studio how sure they are, to see the assurance.")
    )


def looks(content: Content, sizing: SizingFact) -> Finding:
    """The looks and the re-estimation that the size counts, beside what the analysis says of them; where neither has any, the item does not arise."""
    analysis, place = block(sizing, "analysis"), Place("section", "analysis", "interim")
    n, again = int(analysis.get("looks") or 1), analysis.get("re_estimation")
    found = text("analysis", "interim")(content)
    said = found.shows if found else ""
    if n == 1 and not again:
        if not said:
            return Finding(SIZING, inapplicable=_("The size counts one analysis at the end, and the section on analysis names no other."))
        return Finding(place, _("{text} The size counts one analysis at the end.").format(text=said))
    counted = [_("The size counts {n} looks.").format(n=n)] if n > 1 else []
    if isinstance(again, dict):
        counted.append(_("The spread is re-estimated, with at most {n} people.").format(n=again.get("maximum_n", "–")))
    lacking = (
        "" if said else _("“{item}” does not say when, by whom and by which rule.").format(item=BY_NAME["analysis"].item("interim").label)
    )
    return Finding(place, " ".join([*counted, *([said] if said else [])]), lacking)


def per_cent(share: float) -> str:
    """A share in per cent, with a no-break space; what is not 100 is not rounded up to it."""
    words = f"{share * 100:.1f}".removesuffix(".0")
    return f"{'over 99.9' if words == '100' and share < 1 else words}\N{NO-BREAK SPACE}%"


def whole(count: float | None) -> str:
    """A count of people, without a decimal point where it is whole."""
    return "–" if count is None else f"{count:g}"
