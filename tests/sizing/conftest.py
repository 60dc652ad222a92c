"""What the engine's tests share: short ways to ask it something. They need no database."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from trials.sizing.answer import Answer
from trials.sizing.plan import Plan, read_plan
from trials.sizing.size import size

# A gate gives the same verdict for the same code; elsewhere every run looks at new cases.
SAME_CASES = bool(os.environ.get("CI"))
settings.register_profile("short", max_examples=60, deadline=None, derandomize=SAME_CASES, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=10_000, deadline=None, derandomize=SAME_CASES, suppress_health_check=list(HealthCheck))
settings.load_profile("long" if os.environ.get("LDN_LONG") else "short")

Ask = Callable[..., Answer]


def plan_with(design: str | dict[str, Any] = "AB/BA", **parts: Any) -> dict[str, Any]:
    """A plan in plain data: difference −1, within-subject SD √2, lower is better, 90 % power; `parts` replace whole nouns.

    The parts `outcome` and `question` are added to what makes them continuous and a comparison of A with B.
    """
    outcome = {"kind": "continuous"} | parts.pop("outcome", {"within_subject_sd": 2.0**0.5})
    question = {"kind": "superiority", "treatment": "A", "comparator": "B"} | parts.pop(
        "question", {"mean_difference": -1.0, "better": "lower"}
    )
    if question["kind"] == "omnibus":
        question = {key: value for key, value in question.items() if key not in {"treatment", "comparator"}}
    return {
        "design": {"text": design} if isinstance(design, str) else design,
        "outcome": outcome,
        "question": question,
        "solve": {"for": "n", "target_power": 0.9},
    } | parts


@pytest.fixture(scope="session")
def ask() -> Ask:
    """size(read_plan(…)) of a plan said in short."""

    def asked(design: str | dict[str, Any] = "AB/BA", **parts: Any) -> Answer:
        return size(read_plan(plan_with(design, **parts)))

    return asked


@pytest.fixture(scope="session")
def planned() -> Callable[..., Plan]:
    """The plan alone."""

    def read(design: str | dict[str, Any] = "AB/BA", **parts: Any) -> Plan:
        return read_plan(plan_with(design, **parts))

    return read


@pytest.fixture(scope="session")
def raw() -> Callable[..., dict[str, Any]]:
    """The plan as plain data, for tests that read it themselves."""
    return plan_with
