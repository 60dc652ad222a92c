"""How a protocol stands to SPIRIT 2025, CONSORT for crossovers, DELTA2 and S1–S25: the rules, without a database."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.trials.full_content import ANSWER, PLAN, SECTIONS, empty_content, full_content
from trials.protocol import sections
from trials.protocol.conformance import BY_KEY, ITEMS, STANDARDS, Place, Verdict, counts, lacking_to_freeze, verdict_of, verdicts
from trials.protocol.conformance.blocks import block_sizes
from trials.protocol.conformance.table import HEADER, rows
from trials.protocol.content import Content, NotApplicableFact, digest
from trials.protocol.facts import TreatmentFact
from trials.sizing.plan import read_plan
from trials.sizing.size import size

FULL = full_content()
SPIRIT = [
    "1a",
    "1b",
    "2",
    "3a",
    "3b",
    "3c",
    "3d",
    "4",
    "5",
    "6",
    "7a",
    "7b",
    "8",
    "9a",
    "9b",
    "10",
    "11",
    "12",
    "13",
    "14a",
    "14b",
    "15a",
    "15b",
    "15c",
    "15d",
    "16",
    "17",
    "18",
    "19",
    "20",
    "21a",
    "21b",
    "22",
    "23",
    "24a",
    "24b",
    "24c",
    "25a",
    "25b",
    "26",
    "27a",
    "27b",
    "27c",
    "27d",
    "28a",
    "28b",
    "29",
    "30",
    "31",
    "32a",
    "32b",
    "33",
    "34",
]
CONSORT = ["1a", "1b", "3a", "5", "7a", "10", "12a", "13a", "13b", "15", "16", "17a", "19", "20"]
RESULTS = {"consort_crossover:" + number for number in ("13a", "13b", "15", "16", "17a", "19", "20")} | {"delta2:8"}


def of(content: Content, key: str) -> Verdict:
    return verdict_of(BY_KEY[key], content)


def saying(content: Content, section: str, **said: Any) -> Content:
    """The content with these items of a section in place of those that it has; None takes an item away."""
    changed = {**content.sections.get(section, {}), **said}
    kept = {name: value for name, value in changed.items() if value is not None}
    return content.model_copy(update={"sections": {**content.sections, section: kept}})


def designed(content: Content, **values: Any) -> Content:
    return content.model_copy(update={"design": content.design.model_copy(update=values)})


def asked(content: Content, **values: Any) -> Content:
    assert content.question is not None
    return content.model_copy(update={"question": content.question.model_copy(update=values)})


def sized(content: Content, **values: Any) -> Content:
    assert content.sizing is not None
    return content.model_copy(update={"sizing": content.sizing.model_copy(update=values)})


def analysed(content: Content, noun: str = "analysis", **values: Any) -> Content:
    """The content whose size was asked with other words of the plan."""
    plan = ANSWER["plan"]
    return sized(content, answer={**ANSWER, "plan": {**plan, noun: {**plan[noun], **values}}})


def noted(content: Content, name: str, **values: Any) -> Content:
    assert content.question is not None
    return asked(content, ledger=tuple(row.model_copy(update=values) if row.name == name else row for row in content.question.ledger))


def without_outcome(content: Content) -> Content:
    assert content.question is not None
    return asked(content, outcome=content.question.outcome.model_copy(update={"outcome": ""}))


EMPTIED: dict[str, Callable[[Content], Content]] = {
    "title": lambda content: content.model_copy(update={"title": ""}),
    "kind": lambda content: content.model_copy(update={"question": None}),
    "outcome": without_outcome,
    "comparator": lambda content: content.model_copy(update={"treatments": ()}),
    "treatments": lambda content: content.model_copy(update={"treatments": ()}),
    "sequences": lambda content: designed(content, sequences=(), allocation=()),
    **{
        name: lambda content, name=name: designed(content, **{name: None})  # type: ignore[misc]  # a lambda with a default
        for name in ("period_days", "readout_days", "effect_persistence_days", "recruitment_per_month", "sites")
    },
}


def emptied(content: Content, place: Place) -> Content:
    """The content without what stands at a place, and nothing else changed."""
    if place.page == "section":
        return saying(content, place.section, **{place.item: None})
    if place.page == "studio":
        return EMPTIED[place.item](content)
    if place.page == "ledger":
        return asked(content, ledger=())
    without: dict[str, dict[str, Any]] = {"gap": {"gaps": ()}, "sizing": {"sizing": None}}
    return content.model_copy(update=without[place.page])


MET = [verdict for verdict in verdicts(FULL) if verdict.state == "met"]
READ = sorted({(verdict.item.key, finding.place) for verdict in MET for finding in verdict.findings}, key=str)
OPTIONAL = {("spirit:21b", Place("section", "design", "strata"))}  # strata may be none


# ---------- what is asked ----------


def test_every_item_of_the_standards_is_there_once() -> None:
    numbers = {standard: [item.number for item in ITEMS if item.standard == standard] for standard in STANDARDS}

    assert numbers["spirit"] == SPIRIT
    assert len(SPIRIT) == 53
    assert sorted({int(number.rstrip("abcd")) for number in SPIRIT}) == list(range(1, 35))
    assert numbers["consort_crossover"] == CONSORT
    assert numbers["delta2"] == [str(number) for number in range(1, 9)]
    assert numbers["sample_size"] == [f"S{number}" for number in range(1, 26)]
    assert len(BY_KEY) == len(ITEMS) == 100


def test_items_of_their_own_for_crossovers_are_marked_as_in_the_table() -> None:
    marked = {weight: [item.number for item in ITEMS if item.standard == "spirit" and item.crossover == weight] for weight in ("!!", "!")}

    assert marked["!!"] == ["12", "14a", "15a", "15b", "15d", "16", "17", "18", "19", "21b", "24b", "25b", "27a", "27b", "27c", "27d"]
    assert marked["!"] == ["1a", "1b", "6", "9a", "9b", "11", "15c", "21a", "24a", "24c", "25a", "28b", "32a", "34"]


def test_numbers_that_nobody_has_checked_are_not_shown_as_facts() -> None:
    noted_numbers = [item.number for item in ITEMS if "not checked" in str(item.number_note)]

    assert noted_numbers == ["5", "16"]


def test_rows_of_the_sample_size_are_required_as_our_contract_says() -> None:
    required = {
        sort: [item.number for item in ITEMS if item.standard == "sample_size" and item.required == sort] for sort in ("good", "if used")
    }

    assert required == {"good": ["S19", "S20", "S21", "S23"], "if used": ["S22"]}


# ---------- the example ----------


def test_the_full_example_fills_in_every_item_of_every_section() -> None:
    asked_for = {section.name: {item.name for item in section.items} for section in sections.ALL}

    lacking = {name: sorted(items - set(SECTIONS[name])) for name, items in asked_for.items() if items - set(SECTIONS[name])}

    assert lacking == {"design": ["allocation_rationale"]}  # only for unequal numbers
    assert {name: sorted(set(said) - asked_for[name]) for name, said in SECTIONS.items() if set(said) - asked_for[name]} == {}


def test_the_sizing_of_the_full_example_is_the_engine_s() -> None:
    found = size(read_plan(PLAN)).as_json()

    assert found == {**ANSWER, **{name: found[name] for name in found if isinstance(found[name], float)}}
    for name, value in ANSWER.items():
        if isinstance(value, float):
            assert found[name] == pytest.approx(value, rel=1e-9)
    assert FULL.sizing is not None
    assert FULL.sizing.plan_digest == digest(PLAN)


def test_the_full_example_meets_everything_but_what_only_results_or_an_uncertain_spread_can_show() -> None:
    short = {verdict.item.key: verdict.state for verdict in verdicts(FULL) if verdict.state != "met"}

    assert short == {**dict.fromkeys(RESULTS, "not_due"), "spirit:2": "not_due", "sample_size:S19": "open"}


def test_an_empty_protocol_meets_nothing() -> None:
    found = verdicts(empty_content())

    assert {verdict.state for verdict in found} == {"open", "not_due"}
    assert [verdict.item.key for verdict in found if verdict.state == "not_due"] == ["spirit:2", "delta2:8"]
    assert all(verdict.lacking for verdict in found if verdict.state == "open")


def test_results_are_never_ticked() -> None:
    assert {verdict.item.key for verdict in verdicts(FULL) if verdict.item.due == "results"} == RESULTS
    assert all(of(FULL, key).state == "not_due" for key in RESULTS)


# ---------- every rule, both ways ----------


@pytest.mark.parametrize(("key", "place"), [pair for pair in READ if pair not in OPTIONAL], ids=str)
def test_an_item_is_met_no_more_when_what_it_reads_is_emptied(key: str, place: Place) -> None:
    assert of(FULL, key).state == "met"

    verdict = of(emptied(FULL, place), key)

    assert verdict.state != "met"
    assert verdict.lacking or verdict.state == "not_applicable"


def test_the_test_above_empties_something_for_every_item_that_data_answer() -> None:
    flipped = {key for key, place in READ if (key, place) not in OPTIONAL}

    assert flipped == {item.key for item in ITEMS} - RESULTS - {"spirit:2", "sample_size:S19"}
    assert len(READ) == 167


def test_the_identifier_becomes_met_with_the_version_that_carries_it() -> None:
    verdict = verdict_of(BY_KEY["spirit:2"], FULL, version="Version 1 of 3 Dec 2026.")

    assert verdict.state == "met"
    assert "Version 1 of 3 Dec 2026." in verdict.shows


def test_assurance_is_met_where_the_answer_has_it() -> None:
    verdict = of(sized(FULL, answer={**ANSWER, "assurance": 0.8123}), "sample_size:S19")

    assert (verdict.state, verdict.shows) == ("met", ("Assurance 81.2\N{NO-BREAK SPACE}%.",))


@pytest.mark.parametrize("key", sorted(RESULTS - {"delta2:8"}))
def test_an_item_for_results_says_what_the_protocol_must_hold_before(key: str) -> None:
    verdict = of(empty_content(), key)

    assert verdict.state == "open"
    assert verdict.lacking


def made_partial() -> list[tuple[str, Content, str]]:
    """One change each, and what the verdict then says is lacking."""
    return [
        ("spirit:1a", FULL.model_copy(update={"title": FULL.title.replace("crossover ", "")}), "does not say “crossover”"),
        ("spirit:1a", FULL.model_copy(update={"title": FULL.title.replace("protocol", "plan")}), "does not say that this is a protocol"),
        (
            "spirit:1a",
            FULL.model_copy(update={"title": FULL.title.replace("fibromyalgia", "pain")}),
            "none of the words of the population: fibromyalgia",
        ),
        ("spirit:1a", FULL.model_copy(update={"title": FULL.title.replace("placebo", "nothing")}), "does not name: placebo"),
        ("consort_crossover:1b", saying(FULL, "administrative", brief_summary="A trial of a drug."), "the periods"),
        ("spirit:1b", saying(FULL, "administrative", start_date=None), "missing: start date"),
        ("spirit:3a", saying(FULL, "administrative", authors=["Chief investigator"]), "No affiliation or role"),
        ("spirit:3b", saying(FULL, "administrative", sponsor_contact="the front desk"), "neither an address"),
        ("spirit:4", FULL.model_copy(update={"registration": "NCT04270877"}), "date of registration"),
        ("spirit:6", saying(FULL, "administrative", data_sharing="Data are shared on request."), "the data dictionary; the code"),
        ("spirit:8", saying(FULL, "administrative", dissemination="A paper in a journal."), "participants; the public"),
        ("spirit:9a", saying(FULL, "estimand", background="Small trials report less pain."), "harms"),
        ("spirit:10", saying(FULL, "estimand", secondary_objectives=["To look at sleep."]), "harms"),
        ("spirit:12", designed(FULL, allocation=(2, 1)), "“Why unequal numbers” is empty"),
        ("spirit:14a", saying(FULL, "population", exclusion=["Pregnancy."]), "opioids"),
        ("spirit:15a", saying(FULL, "interventions", titration=[{"from_day": 0, "to_day": 6, "dose": ""}]), "no dose"),
        ("spirit:15a", FULL.model_copy(update={"treatments": FULL.treatments[:1]}), "what B stands for"),
        ("spirit:15b", saying(FULL, "interventions", going_on="The clinician decides it."), "the periods"),
        ("spirit:15d", saying(FULL, "interventions", concomitant="New analgesics are barred."), "the washout"),
        ("spirit:16", designed(FULL, readout_days=None), "read-out window"),
        (
            "spirit:16",
            saying(FULL, "outcomes", secondary_outcomes=[{"outcome": "fatigue", "instrument": "NRS", "time_point": ""}]),
            "When in each period",
        ),
        ("spirit:17", saying(FULL, "harms", attribution="To whatever the clinician thinks."), "the periods"),
        (
            "spirit:18",
            saying(FULL, "schedule", contacts=[row for row in SECTIONS["schedule"]["contacts"] if row["occasion"] != "washout"]),
            "No visit or contact in: washout 1",
        ),
        ("spirit:18", saying(FULL, "schedule", activities=[{"activity": "Harms", "occasions": []}]), "no occasion for “Harms”"),
        ("spirit:19", noted(FULL, "mean_difference", note="One point."), "Wanting: S6."),
        ("spirit:21a", saying(FULL, "design", sequence_generation="The statistician makes it."), "the method"),
        ("spirit:21b", saying(FULL, "design", strata=[{"factor": "site", "levels": ""}]), "A stratum lacks"),
        ("spirit:24c", saying(FULL, "blinding", unblinding="In an emergency by telephone."), "the periods"),
        ("spirit:25b", saying(FULL, "missing_data", retention="People are called each week."), "period 1; period 2"),
        ("spirit:27a", saying(FULL, "analysis", model="paired_t"), "no period effect"),
        ("spirit:27a", saying(FULL, "analysis", model="other", model_description=None), "not described"),
        ("spirit:27c", saying(FULL, "missing_data", one_period_rule="kept_mixed_model"), "which drops it"),
        ("spirit:27c", saying(FULL, "estimand", intercurrent_events=[{"event": "rescue", "strategy": ""}]), "Strategy"),
        ("spirit:32a", saying(FULL, "population", consent="A clinician asks each person."), "the switch of treatments; the washout"),
        ("consort_crossover:10", saying(FULL, "design", who_assigns="Site staff do it all."), "the sequence"),
        ("delta2:4", designed(FULL, allocation=(2, 1)), "“Why unequal numbers” is empty"),
        ("delta2:6", noted(FULL, "mean_difference", note="One point."), "important, realistic, or both"),
        ("sample_size:S2", asked(FULL, kind="non_inferiority"), "margin"),
        ("sample_size:S3", analysed(FULL, "design", sequences=["ABB", "BAA"]), "The studio has AB/BA"),
        ("sample_size:S3", designed(FULL, allocation=(2, 1)), "The studio allocates 2:1"),
        ("sample_size:S4", saying(FULL, "analysis", model="mixed", model_description="As usual for such data."), "differs from the one"),
        ("sample_size:S6", noted(FULL, "mean_difference", basis="unverified"), "a source that is verified"),
        ("sample_size:S8", noted(FULL, "difference_sd", decided_by=""), "who settled it"),
        ("sample_size:S8", noted(FULL, "difference_sd", basis="reported", note="A trial."), "how many people"),
        ("sample_size:S11", sized(FULL, power=None), "the power reached"),
        ("sample_size:S13", sized(FULL, answer={**ANSWER, "n_per_sequence": None}), "in each sequence"),
        ("sample_size:S14", analysed(FULL, "attrition", dropout_rate=None), "No loss is allowed for"),
        ("sample_size:S15", analysed(FULL, "attrition", dropout_rate=None, lost_before_period=[0, 0.1]), "leaves them out"),
        ("sample_size:S16", designed(FULL, effect_persistence_days=20), "6 days too short"),
        ("sample_size:S16", saying(FULL, "analysis", carryover="None is assumed here."), "which way"),
        ("sample_size:S17", saying(FULL, "analysis", model="paired_t"), "without a period effect"),
        ("sample_size:S23", saying(FULL, "administrative", primary_completion_date="2027-09-01"), "there are 184 days"),
    ]


@pytest.mark.parametrize(("key", "content", "lacking"), made_partial(), ids=lambda value: value if isinstance(value, str) else "")
def test_an_item_that_is_answered_in_part_says_what_is_missing(key: str, content: Content, lacking: str) -> None:
    assert of(FULL, key).state == "met"

    verdict = of(content, key)

    assert verdict.state == "partly"
    assert lacking in " ".join(verdict.lacking)


# ---------- texts ----------


@pytest.mark.parametrize("text", ["TBD", "to be decided.", "n/a", "  …  ", "xxx", "None.", "?"])
def test_a_word_that_stands_in_for_an_answer_is_none(text: str) -> None:
    verdict = of(saying(FULL, "administrative", amendments=text), "spirit:31")

    assert verdict.state == "open"
    assert "stands in for an answer" in verdict.lacking[0]


def test_a_text_of_one_word_is_asked_for_a_sentence() -> None:
    assert "say it in a sentence" in of(saying(FULL, "administrative", amendments="Quickly."), "spirit:31").lacking[0]


def test_what_shows_an_item_is_the_value_itself() -> None:
    shown = " ".join(of(FULL, "spirit:12").shows)

    assert "AB/BA, 2 periods, allocation 1:1" in shown
    assert "Superiority" in shown


# ---------- blocks ----------


@pytest.mark.parametrize(
    "text",
    [
        "Permuted blocks with block sizes of 2 and 4.",
        "The list has blocks of 4.",
        "Blocks of random size (block size 4 or 6) by computer.",
        "Random blocks of four and six.",
        "4-person blocks by computer.",
        "We use block length 8 throughout.",
    ],
)
def test_block_sizes_in_the_open_text_are_found_wherever_they_stand(text: str) -> None:
    for section, item in (("design", "sequence_generation"), ("blinding", "how_blinded"), ("administrative", "committees")):
        content = saying(FULL, section, **{item: f"{SECTIONS[section][item]} {text}"})

        verdict = of(content, "spirit:21b")

        assert verdict.state == "partly"
        assert "Block sizes stand in the open text" in " ".join(verdict.lacking)
        assert verdict.place == Place("section", section, item)


def test_block_sizes_are_found_in_rows_and_lines_too() -> None:
    assert block_sizes(saying(FULL, "schedule", activities=[{"activity": "Blocks of 4 are opened", "occasions": ["screening"]}]))
    assert block_sizes(saying(FULL, "population", inclusion=["Randomised in blocks of six."]))


@pytest.mark.parametrize(
    "text",
    [
        "Permuted blocks of random size.",
        "Treatment blocks of 6 weeks.",
        "The block sizes stand in the closed document.",
        "One nerve block in 2019.",
    ],
)
def test_blocks_without_their_size_are_no_finding(text: str) -> None:
    assert block_sizes(saying(FULL, "design", sequence_generation=text)) == []


# ---------- the model, the size, and what does not arise ----------


def test_another_model_than_that_of_the_size_is_met_once_the_gap_is_said() -> None:
    words = "A mixed model with people random; the size assumes least squares, which is no larger with complete data."

    verdict = of(saying(FULL, "analysis", model="mixed", model_description=words), "sample_size:S4")

    assert verdict.state == "met"
    assert "the size assumes" in verdict.shows[0]


def test_a_planned_test_for_carry_over_first_is_refused_and_its_denial_is_not() -> None:
    planned = saying(FULL, "analysis", carryover="We use the two-stage procedure. The bias is towards zero.")
    denied = saying(FULL, "analysis", carryover="There is no two-stage procedure. The bias is towards zero.")

    assert "before the analysis" in " ".join(of(planned, "spirit:27a").lacking)
    assert of(denied, "spirit:27a").state == "met"


def test_a_stale_sizing_makes_its_rows_partly_met_and_says_why() -> None:
    stale = sized(FULL, is_current=False)

    states = {verdict.item.number: verdict.state for verdict in verdicts(stale) if verdict.item.standard == "sample_size"}

    assert {number for number, state in states.items() if state == "met"} == set(), states
    assert set(states.values()) <= {"partly", "open"}
    assert "SIZ-0001 is stale" in " ".join(of(stale, "sample_size:S11").lacking)


def test_a_question_with_a_design_of_its_own_is_not_held_against_the_crossover_extension() -> None:
    harm = asked(FULL, kind="rate_upper_limit", uses_sequences=False, outcome_kind="")

    found = {verdict.item.key: verdict for verdict in verdicts(harm)}

    assert {verdict.state for key, verdict in found.items() if key.startswith("consort")} == {"not_applicable"}
    assert "no crossover" in found["consort_crossover:3a"].reason
    assert found["sample_size:S7"].state == "not_applicable"


def test_a_yes_or_no_outcome_has_no_sd_to_name() -> None:
    verdict = of(asked(FULL, outcome_kind="binary"), "sample_size:S7")

    assert (verdict.state, "no SD goes in" in verdict.reason) == ("not_applicable", True)


def test_looks_before_the_end_need_words_only_where_the_size_counts_them() -> None:
    silent = saying(FULL, "analysis", interim=None)

    assert of(silent, "sample_size:S22").state == "not_applicable"
    assert of(analysed(silent, looks=3), "sample_size:S22").state == "partly"
    assert "3 looks" in of(analysed(FULL, looks=3), "sample_size:S22").shows[0]


def test_opioids_are_not_asked_of_a_trial_without_naltrexone() -> None:
    other = FULL.model_copy(
        update={"treatments": (TreatmentFact(letter="A", drug="pregabalin", dose_mg=None, frequency="", label="pregabalin"),)}
    )

    assert "opioids" not in " ".join(of(saying(other, "interventions", opioids=None), "spirit:15d").lacking).lower()
    assert "Opioids" in " ".join(of(saying(FULL, "interventions", opioids=None), "spirit:15d").lacking)


# ---------- what does not apply ----------


def marked(content: Content, key: str) -> Content:
    return content.model_copy(update={"not_applicable": (NotApplicableFact(item=key, reason="Nobody is blinded in this trial."),)})


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.key)
def test_a_reason_is_heard_only_where_an_item_may_not_apply(item: Any) -> None:
    verdict = of(marked(empty_content(), item.key), item.key)

    assert (verdict.state == "not_applicable") == item.may_not_apply
    assert "Nobody is blinded" in (verdict.reason if item.may_not_apply else " ".join(verdict.lacking))


def test_no_required_row_of_the_size_may_be_marked_as_not_applicable() -> None:
    assert [item.number for item in ITEMS if item.standard == "sample_size" and item.may_not_apply] == ["S19", "S20", "S21", "S22", "S23"]
    assert not any(
        BY_KEY[f"spirit:{number}"].may_not_apply
        for number in ["1a", "2", "10", "12", "13", "14a", "15a", "16", "17", "18", "19", "21a", "21b", "27a", "27b", "27c", "27d"]
    )


def test_an_item_that_is_marked_although_its_data_are_there_shows_both() -> None:
    verdict = of(marked(FULL, "spirit:24a"), "spirit:24a")

    assert verdict.state == "not_applicable"
    assert verdict.reason == "Nobody is blinded in this trial."
    assert "Participants" in verdict.shows[0]


# ---------- freezing, counting, hostile text ----------


def test_a_full_protocol_may_be_frozen() -> None:
    assert lacking_to_freeze(FULL) == []


def test_an_empty_protocol_says_all_that_keeps_it_from_being_frozen() -> None:
    reasons = lacking_to_freeze(empty_content())

    assert reasons[0] == "No sizing is saved."
    assert [reason.split(",")[0] for reason in reasons[1:]] == ["S1", "S2", "S3", "S5", "S6", "S7", "S8", "S9", "S14", "S15", "S16", "S17"]
    assert not any("No sizing" in reason for reason in reasons[1:])


def test_a_stale_sizing_alone_keeps_a_protocol_from_being_frozen() -> None:
    assert lacking_to_freeze(sized(FULL, is_current=False)) == ["SIZ-0001 is stale: the protocol has changed since. Size it again."]


def test_an_open_row_keeps_a_protocol_from_being_frozen() -> None:
    reasons = lacking_to_freeze(saying(asked(FULL, ledger=()), "analysis", model=None))

    assert [reason.split(",")[0] for reason in reasons] == ["S4", "S6", "S8", "S9"]


def test_counts_add_up_to_the_items_of_each_standard() -> None:
    for content in (FULL, empty_content()):
        assert [count.all for count in counts(verdicts(content))] == [53, 14, 8, 25]
    assert counts(verdicts(FULL))[0].met == 52


def test_the_long_table_has_a_row_for_every_finding_and_every_item() -> None:
    found = rows(FULL)

    assert all(len(row) == len(HEADER) for row in found)
    assert {(row[1], row[2]) for row in found} == {(item.standard, item.number) for item in ITEMS}
    assert ("PRO-0001", "spirit", "22") in {row[:3] for row in found}


HOSTILE = [
    "<script>alert(1)</script>",
    "{x} {0} %s %(a)s",
    "\x00\ud800",
    "=1+1",
    "block " * 800,
    "1," * 2400 + "blocks",
    "\N{RIGHT-TO-LEFT OVERRIDE}text here now",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_only_text(text: str) -> None:
    said = {
        section.name: {
            item.name: [{column.name: text for column in item.columns}]
            if item.sort == "rows"
            else [text]
            if item.sort in {"lines", "choices"}
            else text
            for item in section.items
        }
        for section in sections.ALL
    }
    content = FULL.model_copy(update={"sections": said, "title": text})

    found = verdicts(content)

    assert len(found) == 100
    assert all(isinstance(words, str) for verdict in found for words in (*verdict.shows, *verdict.lacking))
