"""The evidence that comes with the app: studies, figures, links to the gaps, claims, and what is decided so far."""

import json
import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, transaction

from gaps.models import (
    CertaintyAssessment,
    Claim,
    Estimate,
    Evidence,
    Gap,
    Passage,
    PriorityRound,
    Registration,
    Source,
    StatusChange,
    Study,
)
from gaps.models.passage import count_words

# Transcribed from the evidence table that the fixture was made from, in its order.
DOIS = [
    "10.1093/pm/pnaa001",
    "10.1097/PR9.0000000000001080",
    "10.1016/s2665-9913(23)00278-3",
    "10.1136/bmjopen-2021-055351",
    "10.1186/s13063-021-05776-7",
    "10.3344/kjp.24202",
    "10.1080/15360288.2025.2496526",
    "10.2147/JPR.S395457",
    "10.1016/j.clinthera.2023.03.013",
    "10.1002/ana.22006",
    "10.3390/biomedicines11041087",
    "10.2147/JPR.S451183",
    "10.1186/s12916-018-1242-0",
    "10.1016/j.alcohol.2006.05.003",
    "10.1371/journal.pmed.1001407",
    "10.1016/j.jpain.2014.09.012",
    "10.1016/j.ejpain.2003.09.004",
    "10.1002/acr.20449",
    "10.1007/s00482-011-1106-4",
    "10.1007/s10067-017-3595-8",
    "10.3899/jrheum.150550",
    "10.1097/j.pain.0000000000002875",
    "10.1002/acr.20653",
    "10.1097/RHU.0000000000000278",
    "10.7717/peerj.4917",
    "10.1211/0022357045020",
    "10.1111/j.1530-0277.1997.tb03856.x",
    "10.32725/jab.2023.012",
    "10.4137/SART.S5452",
    "10.1007/s10067-014-2517-2",
    "10.1002/med.2610020302",
    "10.1002/art.37734",
    "10.1016/j.bbi.2006.10.011",
    "10.1016/j.mehy.2008.06.048",
    "10.1016/0006-8993(87)91338-2",
]
PMIDS = [
    "19453963",
    "32068870",
    "38226027",
    "34781989",
    "30642329",
    "16839858",
    "25283469",
    "15207508",
    "23137770",
    "26308348",
    "38532991",
    "3032345",
    "6531073",
]
REGISTRATIONS = [
    "NCT00568555",
    "NCT04502251",
    "RBR-7HK8N",
    "NCT04270877",
    "2019-000702-30",
    "NCT04739995",
    "2021-002534-16",
    "CTRI/2013/06/003735",
    "NCT03008590",
    "2019-000852-32",
    "ACTRN12623000172606p",
    "NCT07285473",
    "NCT06306157",
    "NCT05430152",
    "ACTRN12624001162505",
    "NCT04115020",
    "ISRCTN58259979",
]
UNCHECKED = {"10.1111/j.1526-4637.2009.00613.x", "NCT02806440", "10.1111/1753-0407.13202"}
"""What the table marks as unverified: named in words beside the mark, never as an identifier of a record."""

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("decisions")]


# The whole


def test_it_holds_what_the_readme_counts() -> None:
    models = (Source, Study, Registration, Estimate, Evidence, Claim, StatusChange, CertaintyAssessment, PriorityRound)

    counts = {model.__name__: model._default_manager.count() for model in models}

    assert counts == {
        "Source": 43,
        "Study": 60,
        "Registration": 17,
        "Estimate": 158,
        "Evidence": 138,
        "Claim": 6,
        "StatusChange": 17,
        "CertaintyAssessment": 11,
        "PriorityRound": 1,
    }
    assert Counter(Estimate.objects.values_list("basis", flat=True)) == {"reported": 100, "derived": 43, "assumed": 7, "unverified": 8}


def test_every_row_is_valid() -> None:
    rows = [row for model in apps.get_app_config("gaps").get_models() for row in model._default_manager.all()]

    for row in rows:
        row.full_clean()

    assert len(rows) == 558


def test_loading_it_again_changes_nothing() -> None:
    models = list(apps.get_app_config("gaps").get_models(include_auto_created=True))
    before = [sorted(model._default_manager.values_list()) for model in models]

    call_command("loaddata", "gaps", "evidence", verbosity=0)

    assert [sorted(model._default_manager.values_list()) for model in models] == before


def test_what_is_decided_is_loaded_once_and_refused_a_second_time() -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        call_command("loaddata", "decisions", verbosity=0)

    assert (StatusChange.objects.count(), CertaintyAssessment.objects.count()) == (17, 11)


def test_it_can_be_given_out_and_taken_in_again(tmp_path: Path) -> None:
    models = [model for model in apps.get_app_config("gaps").get_models() if model not in {StatusChange, CertaintyAssessment}]
    before = {model.__name__: sorted(model._default_manager.values_list()) for model in models}
    file = tmp_path / "register.json"

    call_command(
        "dumpdata", *(model._meta.label for model in models), natural_foreign=True, natural_primary=True, output=str(file), verbosity=0
    )
    call_command("loaddata", str(file), verbosity=0)

    assert len(json.loads(file.read_text())) == sum(len(rows) for rows in before.values()) == 530
    assert {model.__name__: sorted(model._default_manager.values_list()) for model in models} == before


# Identifiers


def test_no_identifier_is_invented() -> None:
    dois = {doi for doi in Source.objects.values_list("doi", flat=True) if doi}
    pmids = {pmid for pmid in Source.objects.values_list("pmid", flat=True) if pmid}

    assert dois == set(DOIS)
    assert pmids == set(PMIDS)
    assert set(Registration.objects.values_list("identifier", flat=True)) == set(REGISTRATIONS)


def test_no_identifier_stands_in_a_text_alone_unless_it_is_marked() -> None:
    known = set(DOIS) | set(REGISTRATIONS)
    texts = chain(
        Study.objects.values_list("title", "regimen", "note"),
        Estimate.objects.values_list("label", "note", "locator"),
        Evidence.objects.values_list("note", "note"),
        Claim.objects.values_list("issue", "quote"),
        Gap.objects.values_list("evidence_summary", "origin_note", "equality", "external_priorities", "burden"),
    )
    pattern = re.compile(r"10\.\d{4,9}/[^\s;,)]+|NCT\d+|ISRCTN\d+|ACTRN\d+p?|CTRI/[\d/]+|\d{4}-\d{6}-\d{2}")

    named = {found for text in texts for part in text for found in pattern.findall(part)}
    marked = {found.rstrip(".") for text in Study.objects.values_list("unverified", flat=True) for found in pattern.findall(text)}

    assert named <= known
    assert marked == UNCHECKED


def test_a_study_that_nobody_can_look_up_says_so() -> None:
    nowhere = Study.objects.filter(sources=None, registrations=None).exclude(slug="planning-defaults")

    assert nowhere.count() == 16
    assert [study.slug for study in nowhere if not study.unverified.startswith("Source: secondary, not checked.")] == []


def test_every_study_names_who_took_part() -> None:
    assert list(Study.objects.filter(population="").values_list("slug", flat=True)) == ["planning-defaults"]


# What bears on the gaps


def test_every_gap_has_evidence_or_says_why_none() -> None:
    roles = {gap.uid: Counter(link.role for link in gap.evidence.all()) for gap in Gap.objects.prefetch_related("evidence")}
    telling = {"supports", "contradicts", "partly_answers", "answers"}

    assert {uid for uid, counted in roles.items() if not counted} == {"GAP-0009", "GAP-0016"}
    assert {uid for uid, counted in roles.items() if not telling & set(counted)} == {
        "GAP-0002",
        "GAP-0003",
        "GAP-0004",
        "GAP-0009",
        "GAP-0016",
    }
    for uid in ("GAP-0002", "GAP-0003", "GAP-0004", "GAP-0009", "GAP-0016"):
        assert re.search(
            r"nothing speaks for or against|no study is linked|no evidence is linked", Gap.objects.get(uid=uid).evidence_summary
        )


def test_what_came_after_the_article_stands_beside_what_it_rests_on() -> None:
    links = Evidence.objects.filter(gap__uid="GAP-0017").select_related("study")

    by_role = {role: sorted({link.study.slug for link in links if link.role == role}) for role in ("supports", "contradicts", "under_way")}

    assert by_role == {
        "supports": ["vatvani-2024", "women-only-meta-analysis", "younger-2013", "younger-mackey-2009"],
        "contradicts": ["bested-2023", "final-2024", "innova", "ologunowa-2025"],
        "under_way": ["queensland-crossover"],
    }


def test_a_result_within_arms_speaks_neither_for_nor_against() -> None:
    link = Evidence.objects.get(study__slug="paula-2023")

    assert (link.role, link.estimate) == ("raises", None)
    assert link.note.endswith("so it speaks neither for nor against.")


def test_what_stands_against_was_compared_with_something() -> None:
    against = Evidence.objects.filter(role="contradicts", estimate__isnull=False).exclude(gap__kind="safety")

    assert {link.estimate.comparison for link in against if link.estimate} == {"placebo"}


def test_no_link_says_that_there_is_no_difference_where_none_was_shown() -> None:
    texts = [*Evidence.objects.values_list("note", flat=True), *Gap.objects.values_list("evidence_summary", flat=True)]

    assert [text for text in texts if re.search(r"found no difference|did not lower|did not differ|no more frequent", text)] == []
    assert len([text for text in texts if "not shown to" in text or "No difference was shown" in text]) >= 7


def test_a_serious_event_is_told_as_the_trial_counted_it() -> None:
    """INNOVA reports no treatment-related serious event, which is not: no serious event."""
    notes = [note for row in CertaintyAssessment.objects.all() for _domain, _judged, note in row.judgements() if "48 women" in note]

    assert len(notes) == 2
    assert [note for note in notes if "no treatment-related serious event" not in note] == []


def test_a_design_that_nobody_saw_is_not_entered_as_one() -> None:
    guessed = Study.objects.filter(unverified__icontains="entered as").values_list("slug", flat=True)

    assert list(guessed) == []
    assert Study.objects.get(slug="planning-defaults").design == "planning"
    assert Study.objects.filter(design="other").count() == 15


def test_every_link_says_in_one_sentence_what_it_shows() -> None:
    notes = list(Evidence.objects.values_list("note", flat=True))

    assert [note for note in notes if not note.endswith(".") or re.search(r"[a-z]\. [A-Z]", note)] == []
    assert max(count_words(note) for note in notes) <= 30


def test_what_is_said_to_be_under_way_is_planned_running_or_not_known() -> None:
    assert set(Evidence.objects.filter(role="under_way").values_list("study__status", flat=True)) == {"planned", "ongoing", "unknown"}


# Decisions


def test_the_log_tells_how_each_gap_came_to_its_status() -> None:
    moves = {change.gap.uid: (change.from_status, change.to_status, change.actor) for change in StatusChange.objects.select_related("gap")}

    assert moves == {gap.uid: ("draft", gap.status, None) for gap in Gap.objects.all()}


def test_certainty_is_provisional_and_as_the_table_judges_it() -> None:
    assessments = list(CertaintyAssessment.objects.select_related("gap", "outcome_domain"))

    assert {row.gap.uid[-2:]: str(CertaintyAssessment.Level(row.level).label) for row in assessments} == {
        "01": "Very low",
        "05": "Low",
        "06": "Very low",
        "07": "Low",
        "08": "Very low",
        "10": "Very low",
        "11": "Very low",
        "12": "Low",
        "13": "Low",
        "14": "Low",
        "17": "Low",
    }
    assert {row.assessor for row in assessments} == {None}
    assert [row for row in assessments if not row.judgements()[0][2].startswith("Provisional, by the makers of this register: ")] == []
    assert [row for row in assessments if row.outcome_domain != row.gap.outcome_domain] == []


def test_a_round_asks_for_all_gaps_in_scope_and_nobody_has_voted() -> None:
    asked = PriorityRound.objects.open().get()

    assert asked.name == "Which questions first?"
    assert list(asked.gaps.order_by("uid")) == list(Gap.objects.in_scope().order_by("uid"))
    assert asked.gaps.count() == 16
    assert not asked.ballots.exists()


# Claims


def test_the_six_claims_are_judged_as_the_table_does() -> None:
    assert [(claim.slug, claim.status) for claim in Claim.objects.order_by("pk")] == [
        ("crohn-and-multiple-sclerosis", "overstated"),
        ("two-separate-trials", "incomplete_citation"),
        ("half-improved", "needs_comparator"),
        ("mice", "misattributed"),
        ("paradox", "could_be_strengthened"),
        ("recommended-dose", "outdated"),
    ]
    assert [claim.slug for claim in Claim.objects.all() if not (claim.gaps.exists() and claim.studies.exists())] == []


def test_quotes_are_short() -> None:
    quotes = [*Claim.objects.values_list("quote", flat=True), *Passage.objects.values_list("quote", flat=True)]

    assert len(quotes) == 22
    assert max(count_words(quote) for quote in quotes) <= 40
