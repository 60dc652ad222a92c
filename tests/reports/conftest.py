"""Sizings as the site saves them: real rows, sized by the real engine."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from gaps.models import Gap, Source
from tests.reports.report_texts import MakeSizing
from trials.models import AssumptionSource, PlannedQuestion, Protocol, Sizing, Treatment
from trials.planning import save_sizing


@pytest.fixture
def make_sizing(db: None) -> MakeSizing:
    """A function that saves the sizing of a complete protocol, with changes to protocol, question, treatment A or the note of the SD."""

    def make(
        protocol: dict[str, Any] | None = None,
        question: dict[str, Any] | None = None,
        treatment: dict[str, Any] | None = None,
        note: str = "From an SD of 2.0 in each period and a correlation of 0.5.",
    ) -> Sizing:
        owner, _created = User.objects.get_or_create(username="researcher")
        row = Protocol.objects.create(
            **{
                "title": "LDN 4.5 mg against placebo",
                "owner": owner,
                "sequences": "AB/BA",
                "period_days": 42,
                "washout_days": 14,
                "run_in_days": 14,
            }
            | (protocol or {})
        )
        row.gaps.add(_gap())
        Treatment.objects.create(
            **{"protocol": row, "letter": "A", "drug": "naltrexone", "dose_mg": "4.5", "frequency": "once a day"} | (treatment or {})
        )
        Treatment.objects.create(protocol=row, letter="B", drug="placebo", frequency="once a day")
        planned = PlannedQuestion.objects.create(
            **{
                "protocol": row,
                "outcome": "mean daily pain over the last 7 days of each period",
                "instrument": "0–10 numerical rating scale",
                "unit": "points",
                "better": "lower",
                "mean_difference": -1.0,
                "difference_sd": 2.0,
                "dropout_rate": 0.2,
            }
            | (question or {})
        )
        _explain(planned, note)
        saved = save_sizing(PlannedQuestion.objects.get(pk=planned.pk), owner)
        return Sizing.objects.get(uid=saved.uid)

    return make


@pytest.fixture
def sizing(make_sizing: MakeSizing) -> Sizing:
    """Difference −1.0, SD of the difference 2.0, 90 % power, 20 % loss: 46 evaluable, 58 randomised."""
    return make_sizing()


def _gap() -> Gap:
    gap, _created = Gap.objects.get_or_create(
        title="Any average benefit",
        defaults={"question": "Does naltrexone reduce the pain of fibromyalgia on average?", "population": "women with fibromyalgia"},
    )
    return gap


def _explain(question: PlannedQuestion, note: str) -> None:
    source, _created = Source.objects.get_or_create(
        slug="an-article-2020", defaults={"authors": "Author, A.", "title": "An article & more", "year": 2020, "doi": "10.1000/xyz(1)"}
    )
    AssumptionSource.objects.create(question=question, assumption="mean_difference", basis="reported", source=source, note="About 1 point.")
    AssumptionSource.objects.create(question=question, assumption="within_subject_sd", basis="assumed", note=note)
    AssumptionSource.objects.create(question=question, assumption="dropout_rate", basis="derived", note="28 of 140 in three trials.")
