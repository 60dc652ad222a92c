"""The primary outcome, its read-out, and the visits and activities that bring it about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance.item import Finding, Part, Place
from trials.protocol.conformance.reading import excerpt, filled_rows, given, one_line
from trials.protocol.sections import BY_NAME
from trials.protocol.timeline import epochs, visits

if TYPE_CHECKING:
    from trials.protocol.content import Content

EPOCH_NAMES = {"run_in": "run-in", "period": "period", "washout": "washout", "follow_up": "follow-up"}


def primary_outcome(content: Content) -> Finding:
    question, place = content.question, Place("studio", item="outcome")
    if question is None or not question.outcome.outcome:
        return Finding(place, lacking=_("The primary outcome is not given."))
    outcome = question.outcome
    missing = [_("the instrument")] if question.uses_sequences and not outcome.instrument else []
    shown = "; ".join(one for one in (outcome.outcome, outcome.instrument, outcome.unit) if one)
    return Finding(place, shown, _("{what}.").format(what=", ".join(missing)) if missing else "")


readout_window: Part = given(
    "studio",
    "readout_days",
    lambda content: (
        _("Read over the last {n} days of each period.").format(n=content.design.readout_days) if content.design.readout_days else ""
    ),
    lambda: _("The read-out window inside a period is not given."),
)


def visits_of_every_epoch(content: Content) -> Finding:
    place, planned = Place("section", "schedule", "contacts"), epochs(content.design)
    if not planned:
        return Finding(
            Place("studio", item="period_days"), lacking=_("There are no epochs yet: sequences, period and washout have to be given.")
        )
    found = visits(content)
    seen = {(visit.epoch.kind, visit.epoch.number) for visit in found}
    bare = [f"{EPOCH_NAMES[epoch.kind]} {epoch.number}" for epoch in planned if (epoch.kind, epoch.number) not in seen]
    shown = _("{n} visits or contacts over {epochs} epochs.").format(n=len(found), epochs=len(planned)) if found else ""
    return Finding(place, shown, _("No visit or contact in: {epochs}.").format(epochs=", ".join(bare)) if bare else "")


def activities(content: Content) -> Finding:
    place, said = Place("section", "schedule", "activities"), filled_rows(content, "schedule", "activities")
    if not said:
        return Finding(place, lacking=_("“Activities” has no row."))
    occasions = {row.get("occasion") for row in filled_rows(content, "schedule", "contacts")}
    labels = dict(BY_NAME["schedule"].item("contacts").columns[0].choices)
    idle = [one_line(row.get("activity")) for row in said if not row.get("occasions")]
    nowhere = sorted({str(labels.get(one, one)) for row in said for one in row.get("occasions") or () if one not in occasions})
    lacking = [_("no occasion for {activities}").format(activities=excerpt("; ".join(idle)))] if idle else []
    if nowhere:
        lacking.append(_("occasions that are no visit: {occasions}").format(occasions=", ".join(nowhere)))
    shown = _("{n} activities").format(n=len(said))
    return Finding(place, shown, _("The activities have {what}.").format(what="; ".join(lacking)) if lacking else "")
