"""The seventeen gaps that come with the app."""

import pytest
from django.core.management import call_command

from gaps.models import Citation, Gap, GapReason, GapSource, Passage, Source, Term
from gaps.models.passage import count_words

DOIS = {
    3: "10.1007/s10067-014-2517-2",
    4: "10.1002/med.2610020302",
    6: "10.1002/art.37734",
    7: "10.1016/j.bbi.2006.10.011",
    8: "10.1016/j.mehy.2008.06.048",
    9: "10.1016/0006-8993(87)91338-2",
}


@pytest.fixture(autouse=True)
def fixture(db: None) -> None:
    call_command("loaddata", "gaps", verbosity=0)


def test_every_row_is_valid() -> None:
    rows = [row for model in (Term, Source, Citation, Gap, Passage, GapReason, GapSource) for row in model.objects.all()]

    for row in rows:
        row.full_clean()

    assert len(rows) == 117


def test_sixteen_gaps_are_proposed_and_complete_and_the_context_gap_is_withdrawn() -> None:
    status = {gap.uid: gap.status for gap in Gap.objects.all()}

    assert status == {f"GAP-{number:04d}": "withdrawn" if number == 16 else "proposed" for number in range(1, 18)}
    assert {gap.uid: gap.missing() for gap in Gap.objects.in_scope()} == {uid: [] for uid in status if uid != "GAP-0016"}
    assert Gap.objects.get(uid="GAP-0016").kind == "context"


def test_one_gap_is_ours_and_says_so() -> None:
    ours = Gap.objects.get(origin="team")

    assert ours.uid == "GAP-0017"
    assert not ours.passages.exists()
    assert ours.origin_note


def test_every_gap_of_the_article_quotes_it_shortly_with_the_place() -> None:
    passages = list(Passage.objects.filter(gap__origin="article").select_related("source"))

    assert len(passages) == 16
    assert {passage.source.slug for passage in passages} == {"naltrexone-for-analgesia"}
    assert max(count_words(passage.quote) for passage in passages) <= 15
    assert all(passage.locator.startswith("paragraph ") and ", sentence " in passage.locator for passage in passages)


def test_the_nine_references_stand_in_the_order_of_the_article_with_their_dois() -> None:
    citations = Citation.objects.filter(citing__slug="naltrexone-for-analgesia").select_related("cited")

    assert {citation.number: citation.cited.doi for citation in citations} == {number: DOIS.get(number, "") for number in range(1, 10)}
    assert citations.get(number=5).cited.authors == "Nancy Garrick, D. D."


def test_nobody_is_invented() -> None:
    article = Source.objects.get(slug="naltrexone-for-analgesia")

    assert (article.authors, article.year) == ("", None)
    assert not Gap.objects.filter(created_by__isnull=False).exists()


def test_the_shortest_time_follows_the_words() -> None:
    days = {gap.uid: gap.time_frame_days for gap in Gap.objects.all()}

    assert (days["GAP-0001"], days["GAP-0005"], days["GAP-0009"], days["GAP-0016"], days["GAP-0017"]) == (28, 365, 14, None, 84)


def test_loading_it_again_changes_nothing() -> None:
    before = [model.objects.count() for model in (Source, Citation, Gap, Passage, GapReason, GapSource)]

    call_command("loaddata", "gaps", verbosity=0)

    assert [model.objects.count() for model in (Source, Citation, Gap, Passage, GapReason, GapSource)] == before


def test_every_gap_stands_in_a_row_and_those_in_scope_in_a_column_of_the_map() -> None:
    assert not Gap.objects.filter(population_group=None).exists()
    assert [gap.uid for gap in Gap.objects.filter(outcome_domain=None)] == ["GAP-0016"]
    assert (Term.objects.populations().count(), Term.objects.outcomes().count()) == (15, 13)


def test_what_would_be_worth_finding_is_given_where_the_planning_says_it() -> None:
    differences = {gap.uid[-2:]: gap.target_difference for gap in Gap.objects.exclude(target_difference=None)}
    rates = {gap.uid[-2:]: gap.tolerated_rate for gap in Gap.objects.exclude(tolerated_rate=None)}

    assert differences == {"01": 1.0, "02": 0.7, "03": 1.0, "04": 1.0, "11": 1.0, "13": 1.0, "17": 1.0}
    assert rates == {"05": 0.01, "06": 0.01}


def test_no_date_of_a_search_is_claimed_where_none_was_made() -> None:
    in_scope = Gap.objects.in_scope()

    assert not in_scope.exclude(searched_date=None).exists()
    assert [gap.uid for gap in in_scope if not gap.evidence_summary.endswith("From abstracts; no systematic search has been made.")] == []


def test_every_gap_in_scope_names_the_study_that_would_answer_it() -> None:
    elements = {gap.uid: {part.name for part in gap.epicot() if not part.text} for gap in Gap.objects.in_scope()}

    assert {uid for uid, missing in elements.items() if missing == {"searched_date"}} == {"GAP-0003", "GAP-0004"}
    assert {uid for uid, missing in elements.items() if missing == {"searched_date", "burden"}} == set(elements) - {"GAP-0003", "GAP-0004"}


def test_what_the_effect_may_depend_on_is_named() -> None:
    modifiers = {gap.uid[-2:]: gap.effect_modifier for gap in Gap.objects.exclude(effect_modifier="")}

    assert modifiers == {"02": "metabolism", "03": "body_mass_index", "04": "receptor_genotype", "12": "inflammation"}
