"""The files in which a protocol can be taken away; another one is another row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ldnplanner.common.cells import XLSX_TYPE, csv_response, xlsx_response
from trials.protocol.conformance import table
from trials.protocol.content import Content, canonical


@dataclass(frozen=True)
class Export:
    """What a file is called and for, what the browser is told, and the function that writes it.

    `name` stands in the address, `extension` ends the file's name.
    """

    name: str
    title: str | Promise
    purpose: Promise
    media_type: str
    extension: str
    write: Callable[[Content], bytes]


def _as_json(content: Content) -> bytes:
    return canonical(content.as_json())


def _conformance_csv(content: Content) -> bytes:
    return csv_response("conformance", table.HEADER, table.rows(content)).content


def _conformance_xlsx(content: Content) -> bytes:
    return xlsx_response("conformance", table.HEADER, table.rows(content)).content


EXPORTS: tuple[Export, ...] = (
    Export("json", "JSON", _("everything that the protocol says, as one record for programs"), "application/json", "json", _as_json),
    Export(
        "conformance",
        _("Conformance, CSV"),
        _("every item of the standards with what shows it and what is lacking, a row each"),
        "text/csv",
        "csv",
        _conformance_csv,
    ),
    Export("conformance-xlsx", _("Conformance, XLSX"), _("the same as a spreadsheet"), XLSX_TYPE, "xlsx", _conformance_xlsx),
)
BY_NAME = {one.name: one for one in EXPORTS}
