"""The whole road, as a researcher walks it: from an open question to a downloaded report."""

import json
from collections.abc import Callable
from pathlib import Path

import pypdf
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from trials.sizing.plan import read_plan
from trials.sizing.size import size


def result(page: Page, name: str) -> str:
    """A number of the result panel, by its label."""
    return page.locator("#result dl.big div").filter(has_text=name).locator("dd").inner_text().split("\n")[0].strip()


def test_a_researcher_goes_from_a_gap_to_a_report(
    page: Page, site: LiveServer, console: list[str], sign_in: Callable[[Page], None], tmp_path: Path
) -> None:
    page.goto(f"{site.url}/gaps/")
    page.get_by_role("link", name="Any average benefit at all?").first.click()
    page.get_by_role("link", name="Draft a protocol for this gap").click()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft a crossover protocol")

    expect(page.locator("#result")).to_contain_text("46")
    page.get_by_role("textbox", name="SD of the within-person difference").fill("2.5")
    expect(page.locator("#result dl.big")).to_contain_text("68")
    page.get_by_role("textbox", name="SD of the within-person difference").fill("2.0")
    expect(page.locator("#result dl.big")).to_contain_text("46")
    assert result(page, "Randomised") == "58"

    page.get_by_role("textbox", name="Title").fill("LDN 4.5 mg against placebo in women with fibromyalgia")
    page.get_by_role("button", name="Save this sizing").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("LDN 4.5 mg against placebo")

    with page.expect_download() as pdf:
        page.get_by_role("link", name="PDF").click()
    with page.expect_download() as file:
        page.get_by_role("link", name="JSON").click()
    pdf.value.save_as(tmp_path / "report.pdf")
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "report.pdf").pages)
    report = json.loads(file.value.path().read_text())
    answer = size(read_plan(report["plan"]))
    assert "58" in text
    assert (answer.n_evaluable, answer.n_randomised) == (46, 58)
    assert answer.as_json() == report["answer"]


def test_the_road_can_be_walked_without_scripts(new_page: Callable[..., Page], sign_in: Callable[[Page], None]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/protocols/new/?gap=GAP-0017")
    sign_in(page)

    page.get_by_role("textbox", name="SD of the within-person difference").fill("1.4")
    page.get_by_role("button", name="Recalculate").last.click()
    expect(page.locator("#result dl.big")).to_contain_text("24")

    page.get_by_role("group", name="Where the variability comes from").get_by_label("What it says").fill("A pilot of ours.")
    page.get_by_role("textbox", name="Title").fill("A trial drafted without scripts")
    page.get_by_role("button", name="Save this sizing").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A trial drafted without scripts")
    expect(page.get_by_role("main")).to_contain_text("24")


def test_a_draft_can_be_saved_with_the_keyboard_alone(
    page: Page, site: LiveServer, console: list[str], sign_in: Callable[[Page], None]
) -> None:
    page.goto(f"{site.url}/protocols/new/")
    sign_in(page)

    page.get_by_role("textbox", name="Title").focus()
    page.keyboard.type("Typed and saved by keyboard")
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Save the draft":
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Typed and saved by keyboard")


def test_bad_input_is_told_at_its_field_while_typing_and_keeps_the_old_numbers(
    page: Page, site: LiveServer, console: list[str], sign_in: Callable[[Page], None]
) -> None:
    page.goto(f"{site.url}/protocols/new/")
    sign_in(page)

    page.get_by_role("textbox", name="SD of the within-person difference").fill("0")

    expect(page.locator("#result-problem")).to_contain_text("Not recalculated")
    expect(page.locator("#result dl.big")).to_contain_text("46")
    page.get_by_role("button", name="Save the draft").last.click()
    expect(page.get_by_role("textbox", name="SD of the within-person difference")).to_have_value("0")
    expect(page.get_by_role("textbox", name="SD of the within-person difference")).to_have_attribute("aria-invalid", "true")


def test_a_stored_draft_follows_the_typing_too(page: Page, site: LiveServer, console: list[str], sign_in: Callable[[Page], None]) -> None:
    page.goto(f"{site.url}/protocols/PRO-0001/edit/")
    sign_in(page)

    page.get_by_role("textbox", name="SD of the within-person difference").fill("2.5")

    expect(page.locator("#result dl.big")).to_contain_text("68")
    expect(page.locator("#dock")).to_contain_text("68")


def test_another_kind_of_question_brings_its_boxes_and_its_number(
    page: Page, site: LiveServer, console: list[str], sign_in: Callable[[Page], None]
) -> None:
    page.goto(f"{site.url}/protocols/new/?gap=GAP-0017")
    sign_in(page)
    kind = page.get_by_label("What is asked")

    kind.focus()
    kind.select_option(label="Precision: how closely is the difference known?")
    expect(page.get_by_role("textbox", name="Half-width of the interval")).to_have_value("0.5")
    expect(page.locator("#result dl.big")).to_contain_text("64")
    expect(kind).to_be_focused()
    expect(page.get_by_role("textbox", name="Mean difference")).to_have_count(0)
    page.get_by_role("textbox", name="Half-width of the interval").fill("0.4")
    expect(page.locator("#result dl.big")).to_contain_text("98")
    assert result(page, "Randomised") == "124"

    page.get_by_label("Kind of outcome").focus()
    page.get_by_label("Kind of outcome").select_option(label="A measurement, compared by ratios")
    expect(page.get_by_role("textbox", name="Within-subject coefficient of variation")).to_have_value("30")
    expect(page.get_by_label("Kind of outcome")).to_be_focused()

    kind.select_option(label="Superiority: does one treatment do better?")
    page.get_by_label("Kind of outcome").select_option(label="A measurement, compared by differences")
    expect(page.get_by_role("textbox", name="Mean difference")).to_have_value("-1")
    expect(page.locator("#result dl.big")).to_contain_text("46")
    kind.select_option(label="Precision: how closely is the difference known?")
    expect(page.get_by_role("textbox", name="Half-width of the interval")).to_have_value("0.4")


def test_a_kind_that_needs_more_says_so_and_shows_no_number_of_the_kind_before(
    page: Page, site: LiveServer, console: list[str], sign_in: Callable[[Page], None]
) -> None:
    page.goto(f"{site.url}/protocols/new/")
    sign_in(page)

    page.get_by_label("What is asked").select_option(label="Any difference: do the treatments differ at all?")

    expect(page.locator("#result-problem")).to_contain_text("the mean on each treatment")
    expect(page.locator("#result")).to_be_empty()
    page.get_by_role("textbox", name="Mean on A, naltrexone").fill("4")
    page.get_by_role("textbox", name="Mean on B, placebo").fill("5.5")
    expect(page.locator("#result dl.big")).to_contain_text("22")


def test_another_kind_is_chosen_drafted_and_saved_without_scripts(new_page: Callable[..., Page], sign_in: Callable[[Page], None]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/protocols/new/?gap=GAP-0017")
    sign_in(page)

    page.get_by_label("What is asked").select_option(label="Equivalence: are the two alike within limits?")
    page.get_by_role("button", name="Recalculate").last.click()
    expect(page.get_by_role("textbox", name="Upper limit")).to_have_value("1")
    page.get_by_role("textbox", name="Upper limit").fill("1.5")
    page.get_by_role("textbox", name="Lower limit").fill("−1.5")
    page.get_by_role("group", name="Where the effect assumed comes from").get_by_label("What it says").fill("Both are taken to be alike.")
    page.get_by_role("textbox", name="Title").fill("Two doses that may be alike")
    page.get_by_role("button", name="Save this sizing").last.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Two doses that may be alike")
