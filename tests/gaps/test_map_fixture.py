"""The map of the register that comes with the app: its figures are the published ones, and only people who took part are counted."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from gaps.evidence_map import wording
from gaps.evidence_map.cells import EvidenceMap, draw
from gaps.evidence_map.choices import MapChoices
from gaps.evidence_map.register import read_register
from gaps.models import Term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]
WOMEN_PAIN = "women-with-fibromyalgia,mean-pain"


def drawn(query: str = "") -> EvidenceMap:
    terms = list(Term.objects.all())
    return draw(MapChoices(QueryDict(query).dict(), terms).chosen(), read_register(AnonymousUser(), terms), terms)


@pytest.mark.parametrize(
    ("size", "fixed", "random"),
    [
        ("1", "⊘ 157\xa0% benefit of 1.0\xa0points excluded", "⊘ 56\xa0% benefit of 1.0\xa0points excluded"),
        ("0.7", "⊘ 77\xa0% benefit of 0.7\xa0points excluded", " 27\xa0% little of what 0.7\xa0points needs"),
        ("0.5", " 39\xa0% part of what 0.5\xa0points needs", " 14\xa0% little of what 0.5\xa0points needs"),
    ],
)
def test_the_cell_of_the_two_parallel_trials_says_the_published_table(size: str, fixed: str, random: str) -> None:
    said = []
    for model in ("fixed", "random"):
        cell = drawn(f"difference={size}&model={model}").cell(WOMEN_PAIN)
        assert cell is not None
        said.append(f"{wording.look(cell).mark} {wording.headline(cell)} {wording.lines(cell)[0]}")

    assert said == [fixed, random]


def test_the_safety_column_counts_whom_innova_followed() -> None:
    cell = drawn().cell("women-with-fibromyalgia,safety-12-months")

    assert cell is not None
    assert wording.headline(cell) == "16\xa0%"
    assert wording.lines(cell)[0] == "48 of 299 people to rule out 1\xa0%, no events"


def test_no_trial_of_another_drug_and_no_plan_of_ours_fills_the_map() -> None:
    found = drawn("rows=dose&columns=duration&outcome=mean-pain")

    strangers = {"duloxetine-back-pain", "milnacipran-fm", "salaffi-2004", "heapy-2014", "gelernter-2007", "planning-defaults"}
    standing = {study.slug for cell in found.cells() for study in cell.studies}
    assert standing & strangers == set()
    assert {study.slug for study in found.studies_without_place} >= strangers
    assert len(standing) == 15
