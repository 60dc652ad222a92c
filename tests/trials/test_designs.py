"""The page that answers a draft's question by several designs, and the studio on the page of a draft."""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from trials import planning
from trials.contents import design_of
from trials.models import Protocol, Section, Sizing
from trials.protocol.burden import load_of
from trials.reports.compose import compose
from trials.reports.document import Figure
from trials.views.designs import DesignRow, design_rows


@pytest.fixture
def desk(client: Client, researcher: User) -> Client:
    client.force_login(researcher)
    return client


def rows_of(protocol: Protocol, typed: list[tuple[str, ...]] | None = None) -> dict[str, DesignRow]:
    question = protocol.primary_question
    assert question is not None
    return {row.text: row for row in design_rows(protocol, question, typed or [])}


def test_designs_stand_side_by_side_with_the_published_numbers(protocol: Protocol) -> None:
    rows = rows_of(protocol)

    assert {text: (row.needs.n_evaluable, row.needs.n_randomised) for text, row in rows.items()} == {
        "ABBA/BAAB": (22, 28),
        "ABB/BAA": (34, 44),
        "AB/BA": (46, 58),
        "AB/BA/AA/BB": (88, 112),
        "A/B": (None, None),
    }
    assert [text for text, row in rows.items() if row.is_current] == ["AB/BA"]
    assert "give the SD between people" in (rows["A/B"].needs.reason or "")
    assert rows["AB/BA"].load == load_of(design_of(protocol), 58)


def test_the_own_design_keeps_its_allocation_and_the_saved_sizing_agrees(protocol: Protocol, researcher: User) -> None:
    protocol.allocation = "2:1"
    protocol.save()
    question = protocol.primary_question
    assert question is not None

    sizing = planning.save_sizing(question, researcher)

    own = rows_of(protocol)["AB/BA"].needs
    assert (own.n_evaluable, own.n_randomised) == (sizing.answer["n_evaluable"], sizing.answer["n_randomised"])
    first, second = sizing.answer["n_randomised_per_sequence"]
    assert first == 2 * second


def test_the_page_tells_every_design_and_one_can_type_more(desk: Client, protocol: Protocol) -> None:
    page = desk.get(reverse("protocol_designs", args=[protocol.uid]), {"designs": "aabb bbaa\r\n\r\nABC/BCA/CAB"})

    text = page.content.decode()
    assert page.status_code == 200
    assert {row.text for row in page.context["rows"]} >= {"AABB/BBAA", "ABC/BCA/CAB", "AB/BA"}
    assert text.count('role="img"') == 4  # two charts, wide and narrow
    assert text.count('name="use"') == 5  # all but the own design and parallel groups


def test_a_typed_design_that_is_none_is_told_with_its_line_and_kept(desk: Client, protocol: Protocol) -> None:
    page = desk.get(reverse("protocol_designs", args=[protocol.uid]), {"designs": "ABB/BAA\nABX/BAA"})

    assert page.status_code == 422
    assert "Line 2: Letter 3 of the first sequence (ABX) is “X”" in unescape(page.content.decode())
    assert page.context["form"]["designs"].value() == "ABB/BAA\nABX/BAA"
    assert [row.text for row in page.context["rows"] if row.is_current] == ["AB/BA"]


def test_a_design_that_is_used_is_written_into_the_draft_with_equal_shares(desk: Client, protocol: Protocol) -> None:
    protocol.allocation = "2:1"
    protocol.save()

    answer = desk.post(reverse("protocol_designs", args=[protocol.uid]), {"use": "ABB/BAA"})

    protocol.refresh_from_db()
    assert answer.headers["Location"] == reverse("protocol_edit", args=[protocol.uid])
    assert (protocol.sequences, protocol.allocation) == ("ABB/BAA", "")
    assert protocol.history.count() >= 2


def test_a_design_that_is_none_is_not_written_into_the_draft(desk: Client, protocol: Protocol) -> None:
    answer = desk.post(reverse("protocol_designs", args=[protocol.uid]), {"use": "ABX/BAA"}, follow=True)

    protocol.refresh_from_db()
    assert protocol.sequences == "AB/BA"
    assert "Letter 3 of the first sequence" in answer.content.decode()


def test_who_may_only_read_compares_but_uses_nothing(client: Client, protocol: Protocol, reviewer: User, colleague: User) -> None:
    address = reverse("protocol_designs", args=[protocol.uid])
    client.force_login(reviewer)

    page = client.get(address)

    assert page.status_code == 200
    assert 'name="use"' not in page.content.decode()
    assert client.post(address, {"use": "ABB/BAA"}).status_code == 404
    client.force_login(colleague)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sequences": ""}, "no sequences yet"),
        ({"sequences": "AB/B"}, "cannot be sized as it stands"),
        ({"question": {"difference_sd": None}}, "Still needed:"),
        ({"question": {"kind": "first_event", "inputs": {"question": {"event_rate": 0.01}}}}, "a design of its own"),
    ],
)
def test_a_draft_that_cannot_be_compared_says_why(changed: dict[str, Any], words: str, desk: Client, protocol: Protocol) -> None:
    question = protocol.primary_question
    assert question is not None
    for name, value in changed.pop("question", {}).items():
        setattr(question, name, value)
    question.save()
    Protocol.objects.filter(pk=protocol.pk).update(**changed)

    page = desk.get(reverse("protocol_designs", args=[protocol.uid]))

    assert page.status_code == 200
    assert words in page.content.decode()


def test_the_studio_says_what_the_design_is_worth_asks_and_washes_out(desk: Client, filled: dict[str, Any]) -> None:
    sent = filled | {
        "protocol-washout_days": "3",
        "protocol-effect_persistence_days": "21",
        "protocol-recruitment_per_month": "6",
        "protocol-sites": "4",
        "protocol-cost_per_visit": "150",
        "protocol-currency": "EUR",
        "action": "preview",
    }

    page = desk.post(reverse("protocol_add"), sent)

    text = unescape(page.content.decode()).replace("\N{NO-BREAK SPACE}", " ")
    assert page.status_code == 200
    for words in (
        "cannot separate carry-over from the treatment effect",
        "−0.5 × the difference in carry-over",
        "shorter than five half-lives of 6β-naltrexol",
        "ends before the effect does",
        "52,200 EUR",
        "9.7 months",
        "1.5 a month and site",
        "Slope: titration.",
        "Copper bar: read-out window, the last 7 days of each period.",
    ):
        assert words in text


def test_the_panels_follow_while_somebody_types(desk: Client, filled: dict[str, Any]) -> None:
    text = desk.post(reverse("protocol_preview"), filled | {"protocol-sequences": "ABB/BAA"}).content.decode()

    for place in ("design-figure", "design-panels", "sequences-said", "design-said"):
        assert f'<div id="{place}"' in text
    assert "ABB/BAA crossover, drawn to time scale" in text
    assert "No bias" in text
    assert 'id="sequences-boxes"' not in text  # else the box would lose the cursor


def test_the_panels_follow_while_an_assumption_is_still_missing(desk: Client, filled: dict[str, Any]) -> None:
    answer = desk.post(reverse("protocol_preview"), filled | {"protocol-sequences": "ABB/BAA", "question-difference_sd": ""})

    text = answer.content.decode()
    assert answer.headers["HX-Retarget"] == "#result-problem"
    assert "ABB/BAA crossover, drawn to time scale" in text
    assert "Needs a size: see the result." in text


def test_a_wrong_letter_is_explained_beside_its_box_and_the_old_figure_stays(desk: Client, filled: dict[str, Any]) -> None:
    text = desk.post(reverse("protocol_preview"), filled | {"protocol-sequences": "ABX/BAA"}).content.decode()

    said = text[text.index('id="sequences-said"') : text.index('id="design-said"')]
    assert "Letter 3 of the first sequence (ABX) is “X”, which stands for no treatment." in said
    assert 'id="design-figure"' not in text
    assert 'id="design-panels"' not in text


@pytest.mark.parametrize("address", ["protocol_add", "protocol_preview"])
def test_a_common_design_is_picked_by_a_button_with_and_without_scripts(address: str, desk: Client, filled: dict[str, Any]) -> None:
    sent = filled | {"pick": "ABC/BCA/CAB/CBA/ACB/BAC", "protocol-allocation": "2:1"}

    text = desk.post(reverse(address), sent).content.decode()

    assert 'value="ABC/BCA/CAB/CBA/ACB/BAC"' in text
    assert 'name="treatments-2-drug"' in text
    assert not Protocol.objects.exists()


def test_a_new_sizing_keeps_the_lengths_inside_its_periods_and_its_report_draws_them(protocol: Protocol, researcher: User) -> None:
    question = protocol.primary_question
    assert question is not None

    sizing = planning.save_sizing(question, researcher)

    chart = _figure_of(sizing)
    assert (chart.titration_days, chart.readout_days, chart.follow_up_days) == (14, 7, 14)
    assert "126" in str(compose(sizing).sections)


def test_an_older_sizing_is_drawn_as_before(protocol: Protocol, researcher: User) -> None:
    question = protocol.primary_question
    assert question is not None
    sizing = planning.save_sizing(question, researcher)
    for name in ("titration_days", "readout_days", "follow_up_days"):
        del sizing.snapshot[name]

    chart = _figure_of(sizing)

    assert (chart.titration_days, chart.readout_days, chart.follow_up_days) == (0, 0, 0)
    assert chart.end_day == chart.last_day == 98
    assert "Titration" not in str(compose(sizing).sections)


def _figure_of(sizing: Sizing) -> Any:
    blocks = [block for section in compose(sizing).sections if section.name == "design" for block in section.blocks]
    return next(block.chart for block in blocks if isinstance(block, Figure))


def test_visits_of_the_schedule_stand_on_the_axis_of_the_figure(desk: Client, protocol: Protocol) -> None:
    contacts = [{"occasion": "period_start", "mode": "clinic"}, {"occasion": "follow_up", "mode": "phone"}]
    Section.objects.create(protocol=protocol, name="schedule", content={"contacts": contacts}, updated_by=protocol.owner)

    text = desk.get(reverse("protocol_edit", args=[protocol.uid])).content.decode()

    assert "Visits are on days 0, 56, 111." in text
    assert "Dots on the axis: visits." in text
    assert text.count('class="c-pt"') == 6


def test_a_titration_longer_than_its_period_does_not_break_a_page(desk: Client, protocol: Protocol) -> None:
    Protocol.objects.filter(pk=protocol.pk).update(titration_days=90, readout_days=None)

    assert desk.get(reverse("protocol_detail", args=[protocol.uid])).status_code == 200
