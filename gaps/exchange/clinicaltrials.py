"""ClinicalTrials.gov study records (API v2 JSON) as studies, with their registrations, reports and, where there is no doubt, figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gaps.exchange.json_text import entries
from gaps.exchange.record import Failure, Key, Reading, Record, Row, Unfit
from gaps.exchange.registry_results import estimate_row
from gaps.exchange.text import decode, shorten, tidy
from gaps.models import Registration, Source, Study
from gaps.registries import normalise_registration, registry_of

STATUSES = {
    "NOT_YET_RECRUITING": Study.Status.PLANNED,
    "RECRUITING": Study.Status.ONGOING,
    "ENROLLING_BY_INVITATION": Study.Status.ONGOING,
    "ACTIVE_NOT_RECRUITING": Study.Status.ONGOING,
    "SUSPENDED": Study.Status.ONGOING,
    "COMPLETED": Study.Status.COMPLETED,
    "TERMINATED": Study.Status.COMPLETED,
    "WITHDRAWN": Study.Status.WITHDRAWN,
    "UNKNOWN": Study.Status.UNKNOWN,
}
DESIGNS = {
    "CROSSOVER": Study.Design.CROSSOVER,
    "PARALLEL": Study.Design.PARALLEL,
    "FACTORIAL": Study.Design.PARALLEL,
    "SINGLE_GROUP": Study.Design.SINGLE_ARM,
    "COHORT": Study.Design.COHORT,
}
REPORTS = ("RESULT", "DERIVED")
CITATION = re.compile(
    r"(?P<authors>[^.]+)\. (?P<title>.+?)[.?!] (?P<journal>[^.]+(?:\. [^.0-9]+)*)\. (?P<year>[0-9]{4})\b[^;:.]*(?:;(?P<volume>[^:(.]+)?(?:\([^)]*\))?(?::(?P<pages>[^.]+))?)?"
)
DOI = re.compile(r"\bdoi:\s*(10\.[0-9]{4,9}/\S+?)\.?(?=\s|$)", re.IGNORECASE)


def read(content: bytes, mapping: Mapping[str, str]) -> Reading:
    """The studies of a file: one record of the API, a list of them, or one of its pages with ``studies``."""
    text, encoding = decode(content)
    try:
        found = entries(text, "studies")
    except Unfit as unfit:
        return Reading((), (unfit.failure(1, _("the whole file")),), 1, (encoding,))
    records: list[Record] = []
    failures: list[Failure] = []
    for line, entry in found:
        name = _("study in line %(line)s") % {"line": line}
        try:
            name = _text(_part(entry, "protocolSection", "identificationModule"), "nctId") or name
            records.append(_record(entry, line, name))
        except Unfit as unfit:
            failures.append(unfit.failure(line, name))
        except (AttributeError, TypeError, LookupError) as error:
            problem = _("A part of the record is not what the registry writes there: %(what)s.") % {"what": error}
            failures.append(Failure(line, name, "protocolSection", problem, _("Download the record once more, as JSON.")))
    return Reading(tuple(records), tuple(failures), len(found), (encoding,))


def _part(entry: Any, *names: str) -> dict[str, Any]:
    for name in names:
        if not isinstance(entry, dict):
            raise Unfit(
                name, _("The record has no %(name)s.") % {"name": name}, _("Download it from ClinicalTrials.gov as JSON (API version 2).")
            )
        entry = entry.get(name, {})
    if not isinstance(entry, dict):
        raise Unfit(names[-1], _("The field %(name)s is no object.") % {"name": names[-1]}, _("Download the record once more, as JSON."))
    return entry


def _text(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name)
    return tidy(value) if isinstance(value, str | int | float) else ""


def _record(entry: Any, line: int, name: str) -> Record:
    if not isinstance(entry, dict) or "protocolSection" not in entry:
        raise Unfit(
            "protocolSection", _("The record has no protocolSection."), _("Download it from ClinicalTrials.gov as JSON (API version 2).")
        )
    protocol = _part(entry, "protocolSection")
    identification = _part(protocol, "identificationModule")
    number = normalise_registration(_text(identification, "nctId"))
    try:
        registry_of(number)
    except ValidationError as error:
        raise Unfit("nctId", error.messages[0], _("Write the number as the registry gives it.")) from error
    notes: list[str] = []
    sources = list(_sources(protocol))
    numbers = _numbers(identification, number, notes)
    study = _study(protocol, numbers, sources, has_results=bool(entry.get("resultsSection")), notes=notes)
    rows = [*sources, study, *(Row(Registration, {"identifier": each, "study": study}, called=CALLED) for each in numbers)]
    if entry.get("resultsSection"):
        estimate, why = estimate_row(entry["resultsSection"], study)
        rows += [estimate] if estimate else []
        notes.append(why)
    return Record(line, name, tuple(rows), tuple(notes), about=study)


def _study(protocol: dict[str, Any], numbers: list[str], sources: list[Row], *, has_results: bool, notes: list[str]) -> Row:
    number = numbers[0]
    identification, design = _part(protocol, "identificationModule"), _part(protocol, "designModule")
    status = _part(protocol, "statusModule")
    acronym, nickname = _text(identification, "acronym"), number.lower()
    start, start_note = _day(_part(status, "startDateStruct"), _("start"))
    completion, completion_note = _day(_part(status, "completionDateStruct"), _("completion"))
    said = _status(_text(status, "overallStatus"))
    has_report = has_results or any(_is_report(reference, "RESULT") for reference in _references(protocol))
    if said == Study.Status.COMPLETED and has_report:
        said = Study.Status.PUBLISHED
    enrolled = _part(design, "enrollmentInfo").get("count")
    fields: dict[str, Any] = {
        "title": shorten(_text(identification, "officialTitle") or _text(identification, "briefTitle"), 400),
        "status": said.value,
        "start_date": start,
        "completion_date": completion,
        "population": shorten(_population(protocol), 300),
        "regimen": shorten(_regimen(protocol, design), 300),
        "n_randomised": enrolled if isinstance(enrolled, int) and not isinstance(enrolled, bool) else None,
        "sources": sources,
    }
    defaults = {
        "slug": f"{slugify(acronym)[:40]}-{nickname}" if slugify(acronym) else nickname,
        "label": shorten(acronym, 66) + f" ({number})" if acronym else number,
        "design": _design(design).value,
    }
    if unsure := "; ".join(note for note in (start_note, completion_note) if note):
        defaults["unverified"] = unsure
        notes.append(f"{unsure[0].upper()}{unsure[1:]}.")
    given = {name: value for name, value in fields.items() if value not in ("", None, [])}
    return Row(Study, given, defaults, CALLED, tuple(Key(Registration, (each,)) for each in numbers))


CALLED = {
    "title": "officialTitle",
    "status": "overallStatus",
    "start_date": "startDateStruct",
    "completion_date": "completionDateStruct",
    "population": "conditions",
    "regimen": "interventions",
    "n_randomised": "enrollmentInfo",
    "design": "designInfo",
    "sources": "references",
    "identifier": "nctId",
}


def _status(text: str) -> Study.Status:
    if text not in STATUSES:
        allowed = ", ".join(STATUSES)
        raise Unfit(
            "overallStatus",
            _("“%(text)s” is no status known here.") % {"text": text or "–"},
            _("It can be %(allowed)s.") % {"allowed": allowed},
        )
    return STATUSES[text]


def _design(module: dict[str, Any]) -> Study.Design:
    info = _part(module, "designInfo")
    model = _text(info, "interventionModel") or _text(info, "observationalModel")
    if model not in DESIGNS:
        allowed = ", ".join(DESIGNS)
        problem = _("The design “%(model)s” has no counterpart in the register.") % {"model": model or "–"}
        raise Unfit("designInfo", problem, _("Known are %(allowed)s; log this study by hand.") % {"allowed": allowed})
    return DESIGNS[model]


def _day(struct: dict[str, Any], what: str) -> tuple[date | None, str]:
    """The date; where the registry gives only a month, its first day and a note that says so."""
    text = _text(struct, "date")
    if not text:
        return None, ""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            return date.fromisoformat(f"{text}-01"), _("%(what)s: the registry gives the month %(month)s, not the day") % {
                "what": what,
                "month": text,
            }
        return date.fromisoformat(text), ""
    except ValueError as error:
        raise Unfit("date", _("“%(text)s” is no date.") % {"text": text}, _("Dates are written 2019-01-07 or 2019-01.")) from error


def _population(protocol: dict[str, Any]) -> str:
    conditions = _part(protocol, "conditionsModule").get("conditions") or []
    sex = _text(_part(protocol, "eligibilityModule"), "sex")
    who = {"FEMALE": _("women"), "MALE": _("men")}.get(sex, "")
    named = ", ".join(tidy(condition) for condition in conditions if isinstance(condition, str))
    return f"{who}: {named}" if who and named else named


def _regimen(protocol: dict[str, Any], design: dict[str, Any]) -> str:
    interventions = _part(protocol, "armsInterventionsModule").get("interventions") or []
    named = "; ".join(_text(each, "name") for each in interventions if isinstance(each, dict) and _text(each, "name"))
    masking = _text(_part(design, "designInfo", "maskingInfo"), "masking").replace("_", " ").lower()
    return ", ".join(part for part in (named, _("masking: %(masking)s") % {"masking": masking} if masking else "") if part)


def _numbers(identification: dict[str, Any], number: str, notes: list[str]) -> list[str]:
    """The registry's own number, and those of other registries that the record names."""
    numbers = [number]
    for other in identification.get("secondaryIdInfos") or []:
        given = _text(other, "id") if isinstance(other, dict) else ""
        if not given:
            continue
        try:
            registry_of(given)
        except ValidationError:
            notes.append(_("The number %(number)s is of no registry known here and was left aside.") % {"number": given})
            continue
        numbers.append(normalise_registration(given))
    return list(dict.fromkeys(numbers))


def _references(protocol: dict[str, Any]) -> list[dict[str, Any]]:
    listed = _part(protocol, "referencesModule").get("references") or []
    return [reference for reference in listed if isinstance(reference, dict)]


def _is_report(reference: dict[str, Any], *kinds: str) -> bool:
    return _text(reference, "type") in kinds and bool(re.fullmatch(r"[1-9][0-9]{0,7}", _text(reference, "pmid")))


def _sources(protocol: dict[str, Any]) -> Iterator[Row]:
    """The study's own reports with a PMID; background reading is left aside."""
    for reference in _references(protocol):
        if not _is_report(reference, *REPORTS):
            continue
        citation = _text(reference, "citation")
        fields: dict[str, Any] = {"pmid": _text(reference, "pmid")}
        if doi := DOI.search(citation):
            fields["doi"] = doi[1]
        if cited := CITATION.match(citation):
            fields |= {
                "authors": _authors(cited["authors"]),
                "title": shorten(cited["title"], 400),
                "container_title": shorten(cited["journal"], 200),
                "year": int(cited["year"]),
            }
        kind = _text(reference, "type")
        defaults = {"kind": Source.Kind.TRIAL.value} if kind == "RESULT" else {}
        yield Row(Source, {name: value for name, value in fields.items() if value}, defaults, {"pmid": "references", "doi": "references"})


def _authors(text: str) -> str:
    """Names as MEDLINE writes them, "Bruun KD, Amris K", in the house's form."""
    from gaps.exchange.reference import Name, authors_line

    names = []
    for name in text.split(", "):
        family, _space, initials = name.rpartition(" ")
        names.append(Name(family, initials) if family and initials.isupper() else Name(name))
    return shorten(authors_line(names), 300)
