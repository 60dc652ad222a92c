"""How fields and errors are drawn: label, help, error and control tied together for eye and ear."""

import re

from django import forms
from django.template.loader import render_to_string

from ldnplanner.common.forms import mark_controls


class WashoutForm(forms.Form):
    """A field of each kind that the site uses."""

    washout_days = forms.IntegerField(label="Washout", help_text="Time without treatment.", min_value=0)
    title = forms.CharField(label="Title", max_length=10)
    better = forms.ChoiceField(label="Direction", choices=[("lower", "Lower"), ("higher", "Higher")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")
    gap = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["washout_days"].unit = "days"  # type: ignore[attr-defined]
        mark_controls(self)


def drawn(form: forms.Form, name: str) -> str:
    return re.sub(r"\s+", " ", str(form[name].as_field_group()))


def test_a_field_has_its_label_help_and_unit() -> None:
    html = drawn(WashoutForm(), "washout_days")

    assert '<label for="id_washout_days">Washout<span class="visually-hidden">, days</span></label>' in html
    assert '<div class="help" id="id_washout_days_helptext">Time without treatment.</div>' in html
    assert '<span class="input-group-text" aria-hidden="true">days</span>' in html
    assert 'aria-describedby="id_washout_days_helptext"' in html
    assert "field-error" not in html


def test_a_field_without_a_unit_has_no_group() -> None:
    assert "input-group" not in drawn(WashoutForm(), "title")


def test_a_refused_field_says_why_before_its_control_and_keeps_what_was_typed() -> None:
    html = drawn(WashoutForm({"washout_days": "two weeks"}), "washout_days")

    assert html.index('id="id_washout_days_error"') < html.index("<input")
    assert 'value="two weeks"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_washout_days_helptext id_washout_days_error"' in html


def test_what_was_typed_cannot_leave_its_box() -> None:
    html = drawn(WashoutForm({"title": '"><script>alert(1)</script>'}), "title")

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_radio_buttons_stand_in_a_fieldset_with_a_legend() -> None:
    html = drawn(WashoutForm({}), "better")

    assert html.startswith('<fieldset class="field field-error"')
    assert "<legend>Direction</legend>" in html
    assert re.findall(r'<label class="form-check-label" for="([^"]+)">(\w+)</label>', html) == [
        ("id_better_0", "Lower"),
        ("id_better_1", "Higher"),
    ]


def test_a_checkbox_stands_before_its_label() -> None:
    html = drawn(WashoutForm(), "sure")

    assert html.index('type="checkbox"') < html.index('<label class="form-check-label" for="id_sure">Sure</label>')


def test_a_hidden_field_is_drawn_bare() -> None:
    assert drawn(WashoutForm(), "gap").strip() == '<input type="hidden" name="gap" id="id_gap">'


def test_the_summary_leads_to_every_refused_field() -> None:
    form = WashoutForm({"title": "far too long a title"})
    form.add_error(None, "Sequences AB and BA need two periods.")

    html = render_to_string("forms/errors.html", {"form": form})

    assert re.findall(r'<a href="#([^"]+)">', html) == ["id_washout_days", "id_title", "id_better_0", "id_sure"]
    assert "<li>Sequences AB and BA need two periods.</li>" in html
    assert 'tabindex="-1" autofocus' in html
    assert "5 entries need another look" in html


def test_the_summary_of_a_form_without_errors_is_empty() -> None:
    form = WashoutForm({"washout_days": "14", "title": "LDN", "better": "lower", "sure": "on"})

    assert render_to_string("forms/errors.html", {"form": form}).strip() == ""
    assert form.is_valid()


def test_one_summary_serves_the_errors_of_several_forms() -> None:
    errors = [("id_one-title", "Title", "is too long"), ("", "Design", "has no sequences"), ("", "", "A letter stands twice.")]

    html = render_to_string("forms/errors.html", {"errors": errors, "title": "Not saved yet"})

    assert html.count('role="alert"') == 1
    assert "<h2>Not saved yet</h2>" in html
    assert re.findall(r"<li>(.*?)</li>", html) == [
        '<a href="#id_one-title">Title: is too long</a>',
        "Design: has no sequences",
        "A letter stands twice.",
    ]


def test_a_page_of_several_forms_without_errors_has_no_summary() -> None:
    assert render_to_string("forms/errors.html", {"errors": []}).strip() == ""
