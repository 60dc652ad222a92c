"""Rules of SPIRIT that read more than one text: title, registry data, design, treatments, schedule, blocks, models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance.blocks import block_sizes
from trials.protocol.conformance.item import Finding, Part, Place
from trials.protocol.conformance.reading import excerpt, filled_rows, given, is_crossover, is_said, listed, one_line, text
from trials.protocol.sections import BY_NAME
from trials.protocol.timeline import epochs, visits

if TYPE_CHECKING:
    from trials.protocol.content import Content

TITLE = Place("studio", item="title")
STOPWORDS = {
    "with",
    "and",
    "the",
    "women",
    "adults",
    "people",
    "patients",
    "participants",
    "chronic",
    "children",
    "aged",
    "years",
    "from",
    "other",
    "who",
    "have",
    "disease",
    "syndrome",
}
EPOCH_NAMES = {"run_in": "run-in", "period": "period", "washout": "washout", "follow_up": "follow-up"}
CONTACT = re.compile(r"@|\d{3}|https?://")
AFFILIATED = re.compile(r"[,;:(–—]")
A_YEAR = re.compile(r"\b20\d\d\b")
NO_BUT = re.compile(r"\b(no|not|never|without|nor|neither|rather than|instead of)\b", re.IGNORECASE)
PRETEST = re.compile(
    r"two.stage|pre-?test|preliminary test|\btest\w*\b.{0,40}carry.?over.{0,40}\bfirst\b|\bfirst\b.{0,20}\btest\w*\b.{0,40}carry.?over",
    re.IGNORECASE,
)


# ---------- title and registration ----------


def title_says_crossover(content: Content) -> Finding | None:
    if not is_crossover(content):
        return None
    found = re.search(r"cross-?\s?over", content.title, re.IGNORECASE)
    return (
        Finding(TITLE, _("The title says “{word}”.").format(word=found[0]))
        if found
        else Finding(TITLE, lacking=_("The title does not say “crossover”."))
    )


def title_says_protocol(content: Content) -> Finding:
    found = re.search(r"protocol", content.title, re.IGNORECASE)
    return (
        Finding(TITLE, _("It says that it is a protocol."))
        if found
        else Finding(TITLE, lacking=_("The title does not say that this is a protocol."))
    )


def title_names_population(content: Content) -> Finding:
    wanted = words_of_population(content)
    if not wanted:
        place = Place("section", "population", "condition")
        return Finding(
            place,
            lacking=_("Whether the title names the population cannot be told: neither a condition nor a gap says whom the trial is about."),
        )
    title = content.title.lower()
    if named := [word for word in wanted if word in title]:
        return Finding(TITLE, _("It names the population: {words}.").format(words=", ".join(named)))
    return Finding(TITLE, lacking=_("The title names none of the words of the population: {words}.").format(words=", ".join(wanted[:5])))


def words_of_population(content: Content) -> list[str]:
    """The telling words of the condition, else of the gaps' populations."""
    condition = one_line(content.said("population", "condition"))
    said = condition if is_said(condition) else " ".join(gap.population for gap in content.gaps)
    return list(dict.fromkeys(word for word in re.findall(r"[^\W\d_]{4,}", said.lower()) if word not in STOPWORDS))


def title_names_treatments(content: Content) -> Finding:
    if not content.treatments:
        return Finding(
            Place("studio", item="treatments"), lacking=_("Whether the title names the treatments cannot be told: none is given.")
        )
    title = content.title.lower()
    drugs = list(dict.fromkeys(treatment.drug for treatment in content.treatments))
    missing = [drug for drug in drugs if not _in_title(drug.lower(), title)]
    if not missing:
        return Finding(TITLE, _("It names the treatments: {drugs}.").format(drugs=", ".join(drugs)))
    shown = [drug for drug in drugs if drug not in missing]
    return Finding(TITLE, ", ".join(shown), _("The title does not name: {drugs}.").format(drugs=", ".join(missing)))


def _in_title(drug: str, title: str) -> bool:
    return drug in title or ("naltrexone" in drug and re.search(r"\bldn\b", title) is not None)


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


# ---------- the gap and the question ----------


def gap_question(content: Content) -> Finding:
    asked = [f"{gap.uid}: {gap.question}" for gap in content.gaps if gap.question]
    if not asked:
        return Finding(Place("studio", item="gaps"), lacking=_("No gap is taken up whose question says why the trial is needed."))
    return Finding(Place("gap", item=content.gaps[0].uid), excerpt("; ".join(asked)))


framework: Part = given(
    "studio",
    "kind",
    lambda content: _("Framework: {kind}.").format(kind=content.question.kind_label) if content.question else "",
    lambda: _("The framework is not given: there is no primary question."),
)


def comparator_named(content: Content) -> Finding | None:
    question = content.question
    if question and question.comparator and content.treatment(question.comparator):
        return Finding(Place("studio", item="comparator"), _("The comparator is {label}.").format(label=content.label(question.comparator)))
    if question and not question.comparator:
        return None
    return Finding(Place("studio", item="comparator"), lacking=_("What the comparator is, is not given."))


# ---------- design and treatments ----------

sequences: Part = given(
    "studio",
    "sequences",
    lambda content: (
        _("Sequences {sequences}, {n} periods, allocation {allocation}.").format(
            sequences="/".join(content.design.sequences),
            n=content.design.n_periods,
            allocation=":".join(map(str, content.design.allocation)),
        )
        if content.design.n_periods > 1
        else ""
    ),
    lambda: _("The sequences are not given."),
)


def unequal_numbers(content: Content) -> Finding | None:
    if len(set(content.design.allocation)) <= 1:
        return None
    return text("design", "allocation_rationale")(content)


def lengths(content: Content) -> Finding:
    """Period and washout, with run-in and follow-up where they are given."""
    design = content.design
    wanted = {_("period"): design.period_days, _("washout"): design.washout_days}
    missing = [name for name, days in wanted.items() if days is None]
    known = {**wanted, _("run-in"): design.run_in_days, _("follow-up"): design.follow_up_days}
    shown = "; ".join(_("{what} {n} days").format(what=name, n=days) for name, days in known.items() if days is not None)
    lacking = _("Lengths of time are missing: {what}.").format(what=", ".join(missing)) if missing else ""
    return Finding(Place("studio", item="period_days"), shown, lacking)


def treatments(content: Content) -> Finding:
    letters = content.design.letters or tuple(one.letter for one in content.treatments)
    place = Place("studio", item="treatments")
    if not content.treatments:
        return Finding(place, lacking=_("No treatment is named."))
    unnamed = [letter for letter in letters if content.treatment(letter) is None]
    lacking = [_("what {letters} stands for").format(letters=", ".join(unnamed))] if unnamed else []
    undosed = [one.label for one in content.treatments if one.dose_mg is None]
    if len(undosed) > 1:
        lacking.append(_("the dose of all but one of: {labels}").format(labels=", ".join(undosed)))
    unsaid = [one.label for one in content.treatments if not one.frequency]
    if unsaid:
        lacking.append(_("how often is taken: {labels}").format(labels=", ".join(unsaid)))
    shown = "; ".join(f"{one.letter}: {one.label}" for one in content.treatments)
    return Finding(place, shown, _("Missing: {what}.").format(what="; ".join(lacking)) if lacking else "")


def titration(content: Content) -> Finding | None:
    """The steps where a period begins with titration; none are asked where it does not."""
    place, steps = Place("section", "interventions", "titration"), filled_rows(content, "interventions", "titration")
    days = content.design.titration_days
    if days is None and not steps:
        return Finding(
            Place("studio", item="titration_days"), lacking=_("Whether a period begins with titration is not said: give its days, or 0.")
        )
    if not days and not steps:
        return Finding(Place("studio", item="titration_days"), _("No titration."))
    if not steps:
        return Finding(place, _("Titration takes {n} days.").format(n=days), _("Its steps are not given."))
    bare = [step for step in steps if not step.get("dose")]
    return Finding(place, _("{n} steps").format(n=len(steps)), _("Some steps have no dose.") if bare else "")


# ---------- outcomes and schedule ----------


def primary_outcome(content: Content) -> Finding:
    question, place = content.question, Place("studio", item="outcome")
    if question is None or not question.outcome.outcome:
        return Finding(place, lacking=_("The primary outcome is not given."))
    outcome = question.outcome
    missing = [_("the instrument")] if question.uses_sequences and not outcome.instrument else []
    shown = "; ".join(one for one in (outcome.outcome, outcome.instrument, outcome.unit) if one)
    return Finding(place, shown, _("Missing: {what}.").format(what=", ".join(missing)) if missing else "")


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


# ---------- randomisation and analysis ----------


def no_block_sizes(content: Content) -> Finding | None:
    """Nothing, unless the open text names sizes of blocks."""
    found = block_sizes(content)
    if not found:
        return None
    place, words = found[0]
    return Finding(
        place,
        lacking=_(
            "Block sizes stand in the open text ({words}, at {place}): they belong to the closed document, or the next sequence can be guessed."
        ).format(words=excerpt(words), place=place.words()),
    )


def strata(content: Content) -> Finding | None:
    """The strata where there are any; a factor needs levels."""
    place, said = Place("section", "design", "strata"), filled_rows(content, "design", "strata")
    if not said:
        return None
    bare = [one_line(row.get("factor")) for row in said if not row.get("levels") or not row.get("factor")]
    shown = "; ".join(one_line(row.get("factor")) for row in said if row.get("factor"))
    return Finding(place, shown, _("A stratum lacks its factor or its levels: {factors}.").format(factors=", ".join(bare)) if bare else "")


def seal(content: Content) -> Finding | None:
    return (
        Finding(Place("section", "design", "sequence_generation"), _("The list is sealed: SHA-256 {seal}.").format(seal=content.seal))
        if content.seal
        else None
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


recruitment: Part = given(
    "studio",
    "recruitment_per_month",
    lambda content: (
        _("{n} people a month.").format(n=f"{content.design.recruitment_per_month:g}") if content.design.recruitment_per_month else ""
    ),
    lambda: _("How many people are randomised a month is not given."),
)
sites: Part = given(
    "studio",
    "sites",
    lambda content: _("{n} sites.").format(n=content.design.sites) if content.design.sites else "",
    lambda: _("The number of sites is not given."),
)
