"""How a protocol stands to the standards: the page, and saying that an item does not apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ldnplanner.common.charts import state_bars
from trials.contents import content_of
from trials.forms.conformance import ConformanceFilter, NotApplicableForm
from trials.models import NotApplicable, Protocol
from trials.protocol.conformance import BY_KEY, CONSORT_NUMBERS, STATES, Count, Finding, Place, StandardItem, Verdict, counts, verdicts
from trials.views.pages import around, changeable, readable
from trials.views.studio import our_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from ldnplanner.common.requests import SignedInRequest
    from trials.protocol.content import Content

# boxes of the studio that are not called after a column of the protocol
STUDIO_IDS = {
    "kind": "id_question-kind",
    "outcome": "id_question-outcome",
    "comparator": "id_question-comparator",
    "gaps": "id_protocol-gaps_0",
    "treatments": "treatments",
}
IS_FROZEN = (Protocol.Status.FROZEN, Protocol.Status.REGISTERED, Protocol.Status.ARCHIVED)


@dataclass(frozen=True)
class Row:
    """One item on the page: its verdict, each finding with its address, and the decision or the form where it may not apply."""

    verdict: Verdict
    findings: tuple[tuple[Finding, str], ...]
    decision: NotApplicable | None
    form: NotApplicableForm | None

    @property
    def anchor(self) -> str:
        return f"item-{self.verdict.item.key.replace(':', '-')}"


@require_http_methods(["GET", "HEAD", "POST"])
def protocol_conformance(request: SignedInRequest, uid: str) -> HttpResponse:
    protocol = changeable(request, uid) if request.method == "POST" else readable(request, uid)
    form = None

    if request.method == "POST":
        item = _named_item(request.POST.get("item", ""))
        if request.POST.get("action") == "take_back":
            return _taken_back(request, protocol, item)
        form = NotApplicableForm(request.POST, key=item.key)
        if form.is_valid():
            return _marked(request, protocol, item, form.cleaned_data["reason"])

    context = _context(request, protocol, form)

    return render(request, "trials/protocol_conformance.html", context, status=422 if form else 200)


def summary_of(protocol: Protocol) -> tuple[Count, ...]:
    """How many items of each standard the protocol meets, for its overview."""
    return counts(verdicts(content_of(protocol), version=_version(protocol)))


def place_url(uid: str, place: Place, *, sizing: str = "") -> str:
    """Where a place is edited or read; empty while no page has it."""
    own = ("protocol_edit", [uid])
    name, arguments, anchor = {
        "section": ("protocol_section", [uid, place.section], f"#id_{place.item}"),
        "studio": (*own, f"#{STUDIO_IDS.get(place.item, f'id_protocol-{place.item}')}" if place.item else ""),
        "ledger": ("protocol_ledger", [uid], ""),
        "sizing": ("sizing_report", [sizing], "") if sizing else (*own, ""),
        "gap": ("gap_detail", [place.item], ""),
        "versions": ("protocol_versions", [uid], ""),
        "conformance": ("protocol_conformance", [uid], ""),
    }[place.page]
    try:
        return reverse(name, args=arguments) + anchor
    except NoReverseMatch:  # a page that is not there yet: the studio has what there is
        return reverse("protocol_edit", args=[uid]) if place.page == "ledger" else ""


def _context(request: SignedInRequest, protocol: Protocol, bound: NotApplicableForm | None) -> dict[str, Any]:
    content = content_of(protocol)
    found = verdicts(content, version=_version(protocol))
    context = around(request, protocol, "conformance")
    filters = ConformanceFilter(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    decisions = {row.item: row for row in protocol.not_applicable.select_related("decided_by")}
    rows = [
        _row(verdict, protocol, content, decisions.get(verdict.item.key), bound, editable=context["editable"])
        for verdict in found
        if _is_shown(verdict, chosen) or (bound is not None and bound["item"].value() == verdict.item.key)
    ]
    counted = counts(found)
    return context | {
        "counts": [(count, list(count.states.items())) for count in counted],
        "states": STATES,
        "figures": _figures(counted),
        "groups": [(count, [row for row in rows if row.verdict.item.standard == count.standard]) for count in counted],
        "shown": len(rows),
        "all": len(found),
        "filters": filters,
        "is_filtered": any(chosen.values()),
        "query": request.GET.urlencode(),
        "consort_numbers": CONSORT_NUMBERS,
        "refused": bound,
    }


def _row(
    verdict: Verdict,
    protocol: Protocol,
    content: Content,
    decision: NotApplicable | None,
    bound: NotApplicableForm | None,
    *,
    editable: bool,
) -> Row:
    sizing = content.sizing.uid if content.sizing else ""
    linked = tuple(
        (finding, place_url(protocol.uid, finding.place, sizing=sizing) if _opens(finding.place, sizing, editable=editable) else "")
        for finding in verdict.findings
    )
    form = None
    key = verdict.item.key
    if editable and verdict.item.may_not_apply and decision is None:
        form = bound if bound is not None and bound["item"].value() == key else NotApplicableForm(key=key)
    return Row(verdict, linked, decision, form)


def _opens(place: Place, sizing: str, *, editable: bool) -> bool:
    """Whether this reader can open the page: the gap and a stored report always, what is edited only who may edit."""
    return place.page != "conformance" and (editable or place.page in {"gap", "versions"} or (place.page == "sizing" and bool(sizing)))


def _is_shown(verdict: Verdict, chosen: dict[str, str]) -> bool:
    item = verdict.item
    return (
        chosen.get("standard") in {None, "", item.standard}
        and chosen.get("state") in {None, "", verdict.state}
        and (not chosen.get("crossover") or item.crossover == "!!")
    )


def _figures(counted: Sequence[Count]) -> dict[str, SafeString]:
    bars = [state_bars.StateBar(count.title, tuple(count.states.values())) for count in counted]
    words = [str(word) for word in STATES.values()]
    title = _("Items of each standard by state")
    return {size: our_svg(state_bars.draw(bars, words, title, size=size, prefix="conformance")) for size in state_bars.SIZES}


def _named_item(key: str) -> StandardItem:
    item = BY_KEY.get(key)
    if item is None or not item.may_not_apply:
        raise Http404(_("No item of this name can be marked as not applicable."))
    return item


def _marked(request: SignedInRequest, protocol: Protocol, item: StandardItem, reason: str) -> HttpResponse:
    NotApplicable.objects.update_or_create(protocol=protocol, item=item.key, defaults={"reason": reason, "decided_by": request.user})
    messages.success(request, _("%(item)s is marked as not applicable.") % {"item": item.name})
    return _back(request, protocol, item)


def _taken_back(request: SignedInRequest, protocol: Protocol, item: StandardItem) -> HttpResponse:
    for row in protocol.not_applicable.filter(item=item.key):
        row.delete()
    messages.success(request, _("%(item)s applies again.") % {"item": item.name})
    return _back(request, protocol, item)


def _back(request: SignedInRequest, protocol: Protocol, item: StandardItem) -> HttpResponse:
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{reverse('protocol_conformance', args=[protocol.uid])}{query}#item-{item.key.replace(':', '-')}")


def _version(protocol: Protocol) -> str:
    """Number and date of the version that the protocol stands at; none while it is drafted."""
    if protocol.status not in IS_FROZEN:
        return ""
    latest = protocol.versions.first()
    return _("Version {number} of {date}.").format(number=latest.number, date=date_format(latest.created_at, "j M Y")) if latest else ""
