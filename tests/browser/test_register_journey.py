"""The whole register, as five kinds of people use it: from a passage that raises a gap to a priority, with the map moving on the way."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from gaps import derivations

CELL = re.compile("^Women with fibromyalgia, Mean pain:")
FOUND = {"low": -1.4, "high": -0.2, "level": 0.95, "df": 118}
"""What the study of this test found: an interval from a t test, without a standard error."""
BROKEN_IN_THE_MIDDLE = """
@article{one_of_this_test, title = {A first reference of this test}, author = {Garc{\\'i}a, Ana}, year = {2024}, doi = {10.5555/first}}

@article{broken_of_this_test, title = {A reference {that never ends, year = {2024},

@article{other_of_this_test, title = {A second reference of this test}, author = {Berg, Bo}, year = {2025}, doi = {10.5555/second}}
"""


def box(where: Page | Locator, label: str) -> Locator:
    """The box with this label; a row that is yet to be added has one too, out of sight."""
    return where.get_by_label(label, exact=True).locator("visible=true")


def look_up(where: Page | Locator, label: str, words: str) -> None:
    """Choose by typing in a box that looks things up."""
    where.get_by_role("combobox", name=re.compile(f"^{label}:")).last.click()
    page = where if isinstance(where, Page) else where.page
    page.get_by_role("searchbox").last.fill(words)
    page.get_by_role("option", name=words).click()


def share_of(page: Page) -> int:
    """The share of the information needed, in per cent, as the map's cell for women with fibromyalgia and pain says it."""
    page.goto("/gaps/map/")
    found = re.search(r"(\d+)\s%", page.get_by_role("link", name=CELL).inner_text())
    assert found
    return int(found[1])


def information(page: Page) -> tuple[float, float]:
    """What is gathered and what is needed in the open cell, under one common effect."""
    row = page.get_by_role("row", name=re.compile("^Fixed effect"))
    gathered, needed = (float(row.get_by_role("cell").nth(place).inner_text()) for place in (2, 3))
    return gathered, needed


def log_a_gap(page: Page) -> None:
    """A draft at the desk, with the passage that raises it and two reasons."""
    page.goto("/admin/gaps/gap/add/")
    page.get_by_label("Title:", exact=True).fill("Split dose")
    page.get_by_label("Question:", exact=True).fill(
        "Does LDN split into two doses a day relieve the pain of women with fibromyalgia more than placebo?"
    )
    page.get_by_label("Kind:", exact=True).select_option(label="Efficacy")
    page.get_by_label("Population:", exact=True).fill("Women with fibromyalgia")
    page.get_by_label("Intervention:", exact=True).fill("LDN 2.25 mg twice a day")
    page.get_by_label("Comparison:", exact=True).fill("Placebo twice a day")
    page.get_by_label("Outcome:", exact=True).fill("Mean pain over the last week, 0–10")
    page.get_by_label("Time frame:", exact=True).fill("12 weeks")
    page.get_by_label("Population on the map:", exact=True).select_option(label="Women with fibromyalgia")
    page.get_by_label("Outcome on the map:", exact=True).select_option(label="Mean pain")

    passages = page.get_by_role("group", name="Passages that raise it")
    passages.get_by_role("button", name="Add another Passage").click()
    box(passages, "Quote:").fill("the optimal dose and timing have not been established")
    box(passages, "Place:").fill("a sentence made up for this test")
    look_up(passages.locator(".inline-related:not(.empty-form)"), "Source", "Naltrexone for Analgesia")

    reasons = page.get_by_role("group", name="Reasons why it is open")
    for _ in range(2):
        reasons.get_by_role("button", name="Add another Reason").click()
    box(reasons, "Reason:").nth(0).select_option(index=1)
    box(reasons, "Primary").nth(0).check()
    box(reasons, "Reason:").nth(1).select_option(index=2)
    page.get_by_role("button", name="Save", exact=True).click()


def add_a_study(page: Page) -> None:
    """A published study whose registration is first typed with a digit missing."""
    page.goto("/admin/gaps/study/add/")
    page.get_by_label("Label:", exact=True).fill("Study of this test")
    page.get_by_label("Title:", exact=True).fill("LDN against placebo in women, made up for this test")
    page.get_by_label("Design:", exact=True).select_option(label="Parallel-group trial")
    page.get_by_label("Status:", exact=True).select_option(label="Results published")
    look_up(page, "Population on the map", "Women with fibromyalgia")
    page.get_by_label("Randomised or enrolled:", exact=True).fill("120")
    page.get_by_role("button", name="Add another Registration").click()
    box(page, "Number").fill("NCT0427877")
    page.get_by_role("button", name="Save and continue editing").click()


def add_its_estimate(page: Page) -> None:
    """The difference with its interval, from which the desk derives the standard error."""
    page.get_by_role("link", name="Add a figure").click()
    page.get_by_label("What it is:", exact=True).fill("Change in mean pain, week 12")
    look_up(page, "Outcome on the map", "Mean pain")
    page.get_by_label("Measure:", exact=True).select_option(label="Difference of means")
    page.get_by_label("Stands for its study", exact=True).check()
    page.get_by_label("Value:", exact=True).fill("-0.8")
    page.get_by_label("Unit:", exact=True).fill("points")
    page.get_by_label("Lower limit:", exact=True).fill(str(FOUND["low"]))
    page.get_by_label("Upper limit:", exact=True).fill(str(FOUND["high"]))
    page.get_by_label("Confidence level:", exact=True).fill(str(FOUND["level"]))
    page.get_by_label("Participants:", exact=True).fill("120")
    page.get_by_label("Lowest value:", exact=True).fill("0")
    page.get_by_label("Highest value:", exact=True).fill("10")
    page.get_by_label("Formula of the standard error:", exact=True).select_option("se_from_interval")
    page.get_by_label("Its inputs:", exact=True).last.fill(", ".join(f"{name} = {value}" for name, value in FOUND.items()))
    page.get_by_role("button", name="Save and continue editing").click()


def link_and_propose(page: Page) -> None:
    page.goto("/admin/gaps/gap/")
    page.get_by_role("link", name="Split dose").first.click()
    evidence = page.get_by_role("group", name="Evidence: which study")
    evidence.get_by_role("button", name="Add another Piece of evidence").click()
    row = evidence.get_by_role("row").filter(visible=True).filter(has=page.get_by_label("Role"))
    row.get_by_label("Role").select_option(label="Speaks for a benefit")
    look_up(row, "Figure", "Study of this test")
    row.get_by_label("Note").fill("Less pain in twelve weeks.")
    page.get_by_label("Status:", exact=True).select_option(label="Proposed")
    page.get_by_role("button", name="Save", exact=True).click()


def verify(page: Page, uid: str) -> None:
    page.goto(f"/gaps/{uid}/decisions/")
    page.get_by_role("link", name="Record a verification").click()
    page.get_by_label("Date of the search").fill((timezone.localdate() - timedelta(days=2)).isoformat())
    page.get_by_label("Searched in").fill("PubMed, ClinicalTrials.gov")
    page.get_by_label("Search strategy").fill("naltrexone AND (split OR twice) AND fibromyalgia")
    page.get_by_label("Records found").fill("7")
    page.get_by_label("Verdict").select_option(label="Still a gap")
    page.get_by_label("Because").fill("One study alone, and it did not split the dose.")
    page.get_by_role("button", name="Record this verification").click()
    page.get_by_role("button", name="Make it verified").click()


def assess(page: Page) -> None:
    page.get_by_role("link", name="Assess an outcome").click()
    page.get_by_label("Outcome").select_option(label="Mean pain")
    page.get_by_label("Starts at").select_option(label="High: randomised evidence")
    page.get_by_label("Indirectness", exact=True).select_option(index=1)
    page.get_by_label("Indirectness, because").fill("The dose was not split.")
    page.get_by_role("button", name="Record this assessment").click()


def set_up_a_round(page: Page, uids: tuple[str, ...]) -> None:
    page.goto("/gaps/rounds/")
    page.get_by_role("link", name="Set up a round").click()
    page.get_by_label("Name").first.fill("Round of this test")
    page.get_by_label("Purpose").fill("Which of three questions should be studied first?")
    page.get_by_label("Scores on criteria", exact=False).check()
    page.get_by_role("button", name="Save and choose the gaps").click()
    for uid in uids:
        page.get_by_role("checkbox", name=uid).check()
    page.get_by_role("button", name="Save the ticks").click()
    page.get_by_role("link", name="To the round").click()
    page.get_by_role("button", name="Open the round").click()


def vote(page: Page, answers: dict[str, str]) -> None:
    """One answer to every question on a gap."""
    page.goto("/gaps/rounds/")
    page.get_by_role("link", name="Round of this test").click()
    page.get_by_label("You answer as one of").select_option(label="Clinicians")
    for uid, answer in answers.items():
        for choice in page.get_by_role("region", name=uid).get_by_label(answer, exact=True).all():
            choice.check()
    page.get_by_role("button", name="Save my ballot").click()


def test_a_gap_is_logged_verified_and_prioritised_by_different_people_and_the_map_moves(  # noqa: PLR0915  (a long road)
    signed_in: Callable[..., Page], new_page: Callable[..., Page]
) -> None:
    researcher = signed_in("researcher", "Researchers", "Reviewers")
    public = new_page()
    share_before = share_of(public)
    public.get_by_role("link", name=CELL).click()
    gathered_before, needed = information(public)

    log_a_gap(researcher)
    expect(researcher.get_by_role("list").filter(has_text="was added successfully")).to_be_visible()

    add_a_study(researcher)
    expect(researcher.get_by_text("NCT0427877 has 7 digits; a number of ClinicalTrials.gov has 8")).to_be_visible()
    expect(researcher.get_by_label("Label:", exact=True)).to_have_value("Study of this test")
    expect(researcher.get_by_label("Title:", exact=True)).to_have_value("LDN against placebo in women, made up for this test")
    expect(researcher.get_by_label("Randomised or enrolled:", exact=True)).to_have_value("120")
    expect(box(researcher, "Number")).to_have_value("NCT0427877")
    box(researcher, "Number").fill("NCT99999999")
    researcher.get_by_role("button", name="Save and continue editing").click()

    add_its_estimate(researcher)
    standard_error = derivations.work_out({"formula": "se_from_interval", "inputs": FOUND})
    assert float(researcher.get_by_label("Standard error:", exact=True).input_value()) == pytest.approx(standard_error, rel=1e-9)

    share_after = share_of(public)
    public.get_by_role("link", name=CELL).click()
    gathered_after, _needed = information(public)
    assert share_after > share_before
    assert gathered_after == pytest.approx(gathered_before + 1 / standard_error**2, abs=0.02)
    assert share_after == pytest.approx(100 * gathered_after / needed, abs=0.6)
    expect(public.get_by_role("table", name="Counted").get_by_role("link", name="Study of this test")).to_be_visible()

    link_and_propose(researcher)
    researcher.goto("/gaps/?words=split")
    researcher.get_by_role("link", name="Split dose").first.click()
    uid = researcher.url.split("/")[-2]
    expect(researcher.get_by_role("main")).to_contain_text("Proposed")
    researcher.goto(f"/gaps/{uid}/decisions/verification/")
    expect(researcher.get_by_text("You logged or own this gap. Somebody else verifies it")).to_be_visible()
    expect(researcher.get_by_role("button", name="Record this verification")).to_have_count(0)

    reviewer = signed_in("reviewer", "Reviewers")
    verify(reviewer, uid)
    expect(reviewer.get_by_text(f"{uid} now is verified.")).to_be_visible()
    assess(reviewer)
    expect(reviewer.get_by_text("Recorded: certainty of the evidence on Mean pain is moderate.")).to_be_visible()

    curator = signed_in("curator", "Curators")
    set_up_a_round(curator, (uid, "GAP-0017", "GAP-0001"))
    expect(curator.get_by_text("“Round of this test” is open")).to_be_visible()
    for number in range(1, 6):
        scorer = signed_in(f"scorer {number}", "Scorers")
        vote(scorer, {uid: "Yes", "GAP-0017": "Undecided", "GAP-0001": "No"})
        expect(scorer.get_by_role("status").filter(has_text="15")).to_be_visible()
    curator.reload()
    expect(curator.get_by_role("main")).not_to_contain_text("Which come first")
    curator.get_by_text("Close the round").click()
    curator.get_by_role("button", name="Close it now").click()
    expect(curator.get_by_role("region", name=re.compile("^A")).get_by_role("link", name=uid)).to_be_visible()
    curator.get_by_role("button", name="Set the tiers on the gaps").click()
    expect(curator.get_by_text("3 gaps have their tiers; 1 is now prioritised.")).to_be_visible()

    public.goto(f"/gaps/{uid}/history/")
    told = [" ".join(entry.inner_text().split()) for entry in public.get_by_role("main").locator("ol.events > li").all()]
    assert [words for words in told if "curator" in words and "Verified → Prioritised" in words] != []
    assert [words for words in told if "reviewer" in words and "Proposed → Verified" in words] != []
    assert [words for words in told if "reviewer" in words and "Verification: Still a gap" in words] != []
    assert [words for words in told if "researcher" in words and "Draft → Proposed" in words] != []


def test_a_curator_takes_in_the_good_entries_of_a_broken_file_and_the_second_time_nothing_changes(signed_in: Callable[..., Page]) -> None:
    curator = signed_in("curator", "Curators")

    def upload() -> None:
        curator.goto("/gaps/imports/")
        curator.get_by_role("link", name="Upload a file").click()
        curator.get_by_label("File").set_input_files(
            {"name": "library.bib", "mimeType": "text/plain", "buffer": BROKEN_IN_THE_MIDDLE.encode()}
        )
        curator.get_by_role("button", name="Read the file").click()

    upload()
    expect(curator.get_by_text("Dry run: nothing is changed yet")).to_be_visible()
    expect(curator.get_by_text("Of the 2 read: 2 new, 0 changed, 0 the same as here, 0 refused.")).to_be_visible()
    expect(curator.get_by_role("heading", name="1 record cannot be taken in")).to_be_visible()
    curator.get_by_role("button", name="Take it in").click()
    expect(curator.get_by_role("alert")).to_contain_text("Not taken in")
    curator.get_by_label("Take in what is good (2) and leave out what failed (1)").check()
    curator.get_by_role("button", name="Take it in").click()
    expect(curator.get_by_role("heading", name="What came of it")).to_be_visible()

    upload()
    expect(curator.get_by_text("Of the 2 read: 0 new, 0 changed, 2 the same as here, 0 refused.")).to_be_visible()
    expect(curator.get_by_text("taking it in would change nothing")).to_be_visible()
    expect(curator.get_by_role("button", name="Take it in")).to_have_count(0)
