"""What no browser sends, and what a careless address says: refused in words, never a failure of the site."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gaps.models import Comment, Gap

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
DIGITS = "9" * 5000


@pytest.mark.parametrize("target", ["%", "%(x)s", "", "no status", "x" * 400])
def test_a_move_to_what_is_no_status_is_refused_on_the_page(curators_desk: Client, make_gap: MakeGap, target: str) -> None:
    gap = make_gap("benefit")

    response = curators_desk.post(reverse("gap_move", args=[gap.uid]), {"target": target})

    assert response.status_code == 422
    assert Gap.objects.get(pk=gap.pk).status == "proposed"


def test_an_answer_to_a_thread_that_there_cannot_be_is_not_found(curators_desk: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")
    address = reverse("gap_comments", args=[gap.uid])

    answers = [curators_desk.post(address, {"parent": parent, "body": "Yes."}) for parent in (DIGITS, "0", "१", "-1", "x")]
    pages = [curators_desk.get(f"{address}{DIGITS}/edit/"), curators_desk.post(f"{address}{DIGITS}/resolve/")]

    assert [response.status_code for response in (*answers, *pages)] == [404] * 7
    assert not Comment.objects.exists()


@pytest.mark.parametrize("given", ["zzz", "1e400", "１２x", "\x00", DIGITS, ""])
@pytest.mark.parametrize(
    ("page", "name"), [("gap", "parent"), ("gap", "owner"), ("estimate", "study"), ("claim", "source"), ("claim", "gaps")]
)
def test_a_form_of_the_desk_leaves_aside_what_an_address_says_and_is_no_key(desk: Client, page: str, name: str, given: str) -> None:
    response = desk.get(reverse(f"admin:gaps_{page}_add"), {name: given})

    assert response.status_code == 200


def test_a_form_of_the_desk_takes_the_key_that_an_address_gives(desk: Client, make_gap: MakeGap) -> None:
    gap = make_gap("a broad question")

    response = desk.get(reverse("admin:gaps_gap_add"), {"parent": str(gap.pk), "title": "A part"})

    shown: Any = response.context["adminform"].form
    assert (str(shown["parent"].value()), shown["title"].value()) == (str(gap.pk), "A part")


def test_a_prioritised_gap_keeps_a_tier_at_the_desk_too(curators_desk: Client, curator: User, make_gap: MakeGap) -> None:
    gap = make_gap("benefit", status="prioritised", tier="A", tier_note="The largest burden.")
    address = reverse("admin:gaps_gap_changelist")

    response = curators_desk.post(address, {"action": "set_tier", "_selected_action": [gap.pk], "apply": "1", "tier": "", "tier_note": ""})

    assert response.context["form"].errors["tier"] == [f"A prioritised gap has a tier; choose another one for {gap.uid}."]

    form = curators_desk.get(reverse("admin:gaps_gap_change", args=[gap.pk]))
    typed = {name: value for name, value in form.context["adminform"].form.initial.items() if value is not None}
    for formset in form.context["inline_admin_formsets"]:
        prefix, count = formset.formset.prefix, formset.formset.initial_form_count()
        typed |= {f"{prefix}-TOTAL_FORMS": count, f"{prefix}-INITIAL_FORMS": count}
        for row in formset.formset.initial_forms:
            typed |= {row.add_prefix(name): row[name].value() or "" for name in row.fields}
    response = curators_desk.post(reverse("admin:gaps_gap_change", args=[gap.pk]), typed | {"tier": ""})

    assert "tier" in response.context["adminform"].form.errors
    assert Gap.objects.get(pk=gap.pk).tier == "A"


@pytest.mark.parametrize("rows", ["verifications", "certainty_assessments", "status_changes"])
@pytest.mark.parametrize("count", ["2", "１２", "-1", "1e400", ""])
def test_rows_that_are_only_shown_at_the_desk_are_not_made_by_counting_more_of_them(
    curators_desk: Client, make_gap: MakeGap, rows: str, count: str
) -> None:
    gap = make_gap("benefit")
    sent = {f"{rows}-TOTAL_FORMS": count, f"{rows}-INITIAL_FORMS": "0", f"{rows}-0-gap": str(gap.pk)}

    response = curators_desk.post(reverse("admin:gaps_gap_change", args=[gap.pk]), {"title": "", **sent})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors["title"] == ["This field is required."]
    assert (gap.verifications.count(), gap.certainty_assessments.count(), gap.status_changes.count()) == (0, 0, 0)
