"""The formats in which a report can be taken away; another format is another row."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from trials.reports.as_json import as_json
from trials.reports.as_pdf import as_pdf
from trials.reports.document import Document


@dataclass(frozen=True)
class Format:
    """A name for people, what the browser is told, and the function that draws the document."""

    name: str
    purpose: Promise
    media_type: str
    extension: str
    render: Callable[[Document], bytes]


FORMATS = (
    Format("PDF", _("to read, print and archive"), "application/pdf", "pdf", as_pdf),
    Format("JSON", _("to run again by a program"), "application/json", "json", as_json),
)
BY_EXTENSION = {one.extension: one for one in FORMATS}
