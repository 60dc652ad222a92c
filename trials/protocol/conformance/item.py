"""One item of a standard, what a rule found in a protocol, and the verdict that follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trials.protocol import sections

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from trials.protocol.content import Content

Standard = Literal["spirit", "consort_crossover", "delta2", "sample_size"]
State = Literal["met", "partly", "open", "not_applicable", "not_due"]
Crossover = Literal["", "!", "!!"]
Page = Literal["section", "studio", "ledger", "sizing", "gap", "versions", "conformance"]

STANDARDS: dict[str, _StrPromise] = {
    "spirit": gettext_lazy("SPIRIT 2025"),
    "consort_crossover": gettext_lazy("CONSORT, crossover extension"),
    "delta2": gettext_lazy("DELTA2"),
    "sample_size": gettext_lazy("Sample size, S1–S25"),
}
STATES: dict[str, _StrPromise] = {
    "met": gettext_lazy("Met"),
    "partly": gettext_lazy("Partly met"),
    "open": gettext_lazy("Open"),
    "not_applicable": gettext_lazy("Not applicable"),
    "not_due": gettext_lazy("Not due yet"),
}
IN_STUDIO: dict[str, _StrPromise] = {
    "title": gettext_lazy("title"),
    "gaps": gettext_lazy("gaps"),
    "treatments": gettext_lazy("treatments"),
    "sequences": gettext_lazy("sequences"),
    "period_days": gettext_lazy("lengths of time"),
    "washout_days": gettext_lazy("washout"),
    "titration_days": gettext_lazy("titration"),
    "readout_days": gettext_lazy("read-out window"),
    "effect_persistence_days": gettext_lazy("how long the effect lasts"),
    "sites": gettext_lazy("sites"),
    "recruitment_per_month": gettext_lazy("recruitment"),
    "kind": gettext_lazy("kind of question"),
    "comparator": gettext_lazy("comparator"),
    "outcome": gettext_lazy("primary outcome"),
}


@dataclass(frozen=True)
class Place:
    """Where something stands: a page of the protocol and, on it, a section's item or the name of a column."""

    page: Page
    section: str = ""
    item: str = ""

    def words(self) -> str:
        """The place as a reader is told it."""
        if self.page == "section":
            spec = sections.BY_NAME[self.section]
            return _("{section}: {item}").format(section=spec.title, item=spec.item(self.item).label)
        if self.page == "studio" and self.item in IN_STUDIO:
            return _("Studio: {box}").format(box=IN_STUDIO[self.item])
        return {
            "studio": _("Studio"),
            "ledger": _("Assumption ledger"),
            "sizing": _("Sizing"),
            "gap": _("Gap"),
            "versions": _("Versions"),
            "conformance": _("Conformance"),
        }[self.page]


@dataclass(frozen=True)
class Finding:
    """What one thing that an item asks came to: what shows it, what is lacking, or both where it is there in part.

    `inapplicable` says why the question does not arise, as far as the data themselves tell.
    """

    place: Place
    shows: str = ""
    lacking: str = ""
    inapplicable: str = ""


Part = Callable[["Content"], Finding | None]
Rule = Callable[["Content"], tuple[Finding, ...]]


def asks(*parts: Part) -> Rule:
    """The rule that asks all of these; what does not arise for this protocol finds nothing."""

    def rule(content: Content) -> tuple[Finding, ...]:
        return tuple(finding for part in parts if (finding := part(content)) is not None)

    return rule


def together(*rules: Rule) -> Rule:
    """The rule that asks what several rules ask, each thing once; a part of them may not arise, as long as another does."""

    def rule(content: Content) -> tuple[Finding, ...]:
        found = tuple(dict.fromkeys(finding for one in rules for finding in one(content)))
        return tuple(finding for finding in found if not finding.inapplicable) or found

    return rule


@dataclass(frozen=True)
class StandardItem:
    """One item of a standard, in our own words.

    `crossover` is `!!` where a crossover needs content of its own and `!` where it changes the wording. `due` says when it can be answered at all:
    by the draft, when a version is frozen, or by the results. `may_not_apply` says whether a person may mark it so; what the data answer wholly,
    or the sample size needs, may not. `number_note` is said beside the number.
    """

    standard: Standard
    number: str
    words: _StrPromise
    rule: Rule = field(repr=False, compare=False)
    crossover: Crossover = ""
    required: Literal["yes", "good", "if used"] = "yes"
    may_not_apply: bool = False
    due: Literal["draft", "frozen", "results"] = "draft"
    number_note: _StrPromise | str = ""

    @property
    def key(self) -> str:
        """Standard and number, such as spirit:7b."""
        return f"{self.standard}:{self.number}"

    @property
    def name(self) -> str:
        """Standard and number as people say them, such as SPIRIT 7b."""
        short = {"spirit": "SPIRIT", "consort_crossover": "CONSORT", "delta2": "DELTA2", "sample_size": ""}[self.standard]
        return f"{short} {self.number}".strip()


@dataclass(frozen=True)
class Verdict:
    """How a protocol stands to an item: its state, the findings behind it, and the reason where it is said not to apply."""

    item: StandardItem
    state: State
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @property
    def shows(self) -> tuple[str, ...]:
        """What shows it, with the values."""
        return tuple(finding.shows for finding in self.findings if finding.shows)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is lacking, in words."""
        return tuple(finding.lacking for finding in self.findings if finding.lacking)

    @property
    def place(self) -> Place:
        """Where to go: to what lacks first, else to what shows it."""
        wanting = [finding.place for finding in self.findings if finding.lacking]
        return [*wanting, *(finding.place for finding in self.findings), Place("conformance")][0]

    @property
    def word(self) -> str:
        """The state in words."""
        return str(STATES[self.state])


def verdict_of(item: StandardItem, content: Content, *, version: str = "") -> Verdict:
    """How a protocol stands to one item.

    Parameters
    ----------
    version : str
        Number and date of the frozen version that the content is; empty for a draft.

    Notes
    -----
    Nothing is met by default: an item is met where its rule found something and misses nothing, and open where it found nothing. What only results
    can answer is at best not due. A reason is heard only where the item allows one, and what the data show stands beside it.
    """
    findings = item.rule(content)
    if version and item.due == "frozen":
        findings = (*findings, Finding(Place("versions"), shows=version))
    because = next((finding.inapplicable for finding in findings if finding.inapplicable), "")
    if because:
        return Verdict(item, "not_applicable", tuple(finding for finding in findings if not finding.inapplicable), because)
    said = next((row.reason for row in content.not_applicable if row.item == item.key), "")
    if said and item.may_not_apply:
        return Verdict(item, "not_applicable", findings, said)
    if said:
        refused = _("It is marked as not applicable, which cannot be said of this item: “{reason}”").format(reason=said)
        findings = (*findings, Finding(Place("conformance"), lacking=refused))
    return Verdict(item, _state(item, findings, version), findings)


def _state(item: StandardItem, findings: tuple[Finding, ...], version: str) -> State:
    if not any(finding.shows for finding in findings):
        return "not_due" if item.due != "draft" and not findings else "open"
    if any(finding.lacking for finding in findings):
        return "partly"
    return "not_due" if item.due == "results" or (item.due == "frozen" and not version) else "met"
