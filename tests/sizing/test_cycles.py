"""How many cycles n people need, and cycles against people."""

from typing import Any

import pytest

from trials.sizing.sensitivity import explore
from trials.sizing.size import size
from trials.sizing.trade_off import cycles_trade_off
from trials.sizing.wording import plain_statement

WITH_RESPONSES = {"within_subject_sd": 1.0, "individual_response_sd": 0.5**0.5}
DIFFERENCE = {"mean_difference": 0.7}


def series(cycles: int | None = 4) -> dict[str, Any]:
    return {"name": "n_of_1"} | ({} if cycles is None else {"cycles": cycles})


def people(which: str) -> dict[str, str]:
    return {"people": which}


@pytest.mark.parametrize("which", ["random", "fixed"])
def test_cycles_are_the_fewest_that_reach_the_target(ask: Any, which: str) -> None:
    asked = {"outcome": WITH_RESPONSES, "question": DIFFERENCE, "analysis": people(which)}
    powers = [ask(series(k), **asked, solve={"for": "power", "n_evaluable": 18}).power or 0.0 for k in range(1, 11)]

    answer = ask(series(None), **asked, solve={"for": "cycles", "n_evaluable": 18, "target_power": 0.8})

    assert answer.cycles == 1 + next(k for k, power in enumerate(powers) if power >= 0.8)
    assert answer.power == powers[answer.cycles - 1]
    assert answer.plan.design.cycles == answer.cycles


def test_people_who_differ_cannot_be_replaced_by_cycles(ask: Any) -> None:
    asked = {"outcome": WITH_RESPONSES, "question": DIFFERENCE}
    answer = ask(series(None), **asked, solve={"for": "cycles", "n_evaluable": 8, "target_power": 0.8})

    assert answer.n_evaluable is None
    assert "stays above individual_response_sd² ÷ people. Add people." in answer.reason
    assert answer.maximum_attainable == ask(series(50), **asked, solve={"for": "power", "n_evaluable": 8}).power < 0.8
    assert ask(series(None), **asked, analysis=people("fixed"), solve={"for": "cycles", "n_evaluable": 8, "target_power": 0.8}).cycles == 5


def test_what_is_explored_after_a_search_for_cycles_has_the_cycles_found(planned: Any) -> None:
    plan = planned(
        series(None), outcome=WITH_RESPONSES, question=DIFFERENCE, solve={"for": "cycles", "n_evaluable": 20, "target_power": 0.8}
    )
    answer = size(plan)

    found = explore(plan, answer)

    assert answer.cycles == 4
    curve = found.power_curve
    assert curve is not None
    at_20 = curve.n_evaluable.index(20.0)
    assert next(one for one in curve.curves if one.planned).power[at_20] == pytest.approx(answer.power)
    assert found.stress is not None
    assert found.stress.rows[0].power == pytest.approx(answer.power)
    assert "Each person takes A and B 4 times over" in plain_statement(plan, answer)


def test_cycles_are_weighed_against_people(planned: Any, ask: Any) -> None:
    asked = {"outcome": WITH_RESPONSES, "question": DIFFERENCE, "attrition": {"dropout_rate": 0.2}}
    target = {"for": "n", "target_power": 0.8}
    plan = planned(series(), **asked, solve=target)

    table = cycles_trade_off(plan, size(plan))

    assert table is not None
    assert table.n_evaluable == tuple(ask(series(k), **asked, solve=target).n_evaluable for k in table.cycles)
    assert table.n_evaluable == (43, 27, 21, 19, 17, 16, 15, 15)
    assert table.periods[3] == 2 * 4 * 24
    assert (table.planned, table.n_evaluable_at_least) == (3, 11)
    assert table.reading == (
        "For the average effect in the population: with 1 cycle a person 43 people are needed, with 8 cycles 15 people are. "
        "However many cycles there are, it takes at least 11 people, because people differ in their response."
    )


def test_other_cycles_are_offered_where_the_planned_ones_have_no_answer(planned: Any) -> None:
    plan = planned(
        series(1), outcome=WITH_RESPONSES, question=DIFFERENCE, analysis=people("fixed"), solve={"for": "n", "target_power": 0.8}
    )
    answer = size(plan)

    table = explore(plan, answer).cycles_trade_off

    assert (answer.reason or "").startswith("With one cycle a person nothing tells how much the difference varies within people")
    assert table is not None
    assert table.n_evaluable[:3] == (None, 18, 12)


def test_a_crossover_has_no_cycles_to_weigh(planned: Any) -> None:
    plan = planned("AB/BA")

    assert explore(plan, size(plan)).cycles_trade_off is None
