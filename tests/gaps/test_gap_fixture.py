"""The seventeen gaps that come with the app."""

import pytest
from django.core.management import call_command

from gaps.models import Citation, Gap, GapReason, GapSource, Passage, Source
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
    rows = [row for model in (Source, Citation, Gap, Passage, GapReason, GapSource) for row in model.objects.all()]

    for row in rows:
        row.full_clean()

    assert len(rows) == 89


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
