"""Who answers for the trial, and where it is or will be registered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance.item import Finding, Place
from trials.protocol.conformance.reading import excerpt, is_crossover, is_said, listed, one_line

if TYPE_CHECKING:
    from trials.protocol.content import Content

CONTACT = re.compile(r"@|\d{3}|https?://")
AFFILIATED = re.compile(r"[,;:(–—]")
A_YEAR = re.compile(r"\b20\d\d\b")


def registry_data(content: Content) -> Finding:
    """How much of the WHO trial registration data set the draft holds already."""
    fields = {
        _("registry"): content.registration or content.said("administrative", "registry"),
        _("source of money"): content.said("administrative", "funding"),
        _("sponsor"): content.said("administrative", "sponsor"),
        _("contact"): content.said("administrative", "sponsor_contact"),
        _("public title"): content.said("administrative", "brief_title"),
        _("scientific title"): content.title,
        _("countries and settings"): content.said("population", "setting"),
        _("condition"): content.said("population", "condition"),
        _("interventions"): content.treatments,
        _("inclusion criteria"): content.said("population", "inclusion"),
        _("exclusion criteria"): content.said("population", "exclusion"),
        _("study design"): content.design.sequences or not is_crossover(content),
        _("start date"): content.said("administrative", "start_date"),
        _("number of participants"): content.sizing and content.sizing.n_randomised,
        _("primary outcome"): content.question and content.question.outcome.outcome,
        _("secondary outcomes"): content.said("outcomes", "secondary_outcomes"),
        _("ethics review"): content.said("administrative", "ethics"),
        _("completion date"): content.said("administrative", "completion_date"),
        _("sharing of data"): content.said("administrative", "data_sharing"),
    }
    missing = [name for name, value in fields.items() if not value]
    shown = _("{n} of {all} fields of the WHO registration data set are given.").format(n=len(fields) - len(missing), all=len(fields))
    place = Place("section", "administrative", "registry")
    if not missing:
        return Finding(place, shown)
    lacking = _("Of the WHO registration data set these are missing: {fields}.").format(fields=", ".join(missing))
    return Finding(place, shown if len(fields) - len(missing) > 1 else "", lacking)


def registered(content: Content) -> Finding:
    place = Place("section", "administrative", "registry")
    registry = one_line(content.said("administrative", "registry"))
    if not content.registration:
        if is_said(registry):
            return Finding(place, _("To be registered at {registry}.").format(registry=excerpt(registry)))
        return Finding(place, lacking=_("Neither a registry number nor the registry at which the trial will be registered is given."))
    shown = _("Registered as {number}.").format(number=content.registration)
    if not is_said(registry) or not A_YEAR.search(registry):
        return Finding(place, shown, _("“Registry” does not give the registry's name and the date of registration."))
    return Finding(place, f"{shown} {excerpt(registry)}")


def identified(content: Content) -> Finding | None:
    """The identifier; number and date come with the version."""
    return (
        Finding(Place("versions"), _("The identifier is {uid}; number and date are set when a version is frozen.").format(uid=content.uid))
        if content.uid
        else None
    )


def authors(content: Content) -> Finding:
    place, said = (
        Place("section", "administrative", "authors"),
        [line for line in listed(content, "administrative", "authors") if is_said(line)],
    )
    if not said:
        return Finding(place, lacking=_("“Authors” is empty."))
    bare = [one_line(line) for line in said if not AFFILIATED.search(str(line))]
    lacking = _("No affiliation or role stands beside: {names}.").format(names=excerpt("; ".join(bare))) if bare else ""
    return Finding(place, excerpt("; ".join(one_line(line) for line in said)), lacking)


def sponsor_contact(content: Content) -> Finding:
    place, said = Place("section", "administrative", "sponsor_contact"), one_line(content.said("administrative", "sponsor_contact"))
    if not is_said(said):
        return Finding(place, lacking=_("“Contact of the sponsor” is empty."))
    if not CONTACT.search(said):
        return Finding(place, excerpt(said), _("The contact has neither an address for mail, a number nor a web address."))
    return Finding(place, excerpt(said))
