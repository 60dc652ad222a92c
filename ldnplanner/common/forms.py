"""How every form field of the site is drawn."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class FieldTemplates(TemplatesSetting):
    """Draws each field with the project's one field template."""

    field_template_name = "forms/field.html"


def mark_controls(form: forms.BaseForm) -> None:
    """Give each control of the form the class that its kind has in the style sheet."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
            css_class = "form-check-input"
        elif isinstance(widget, forms.Select):
            css_class = "form-select"
        elif isinstance(widget, forms.HiddenInput):
            continue
        else:
            css_class = "form-control"
        attributes: dict[str, Any] = widget.attrs
        attributes["class"] = f"{attributes.get('class', '')} {css_class}".strip()
