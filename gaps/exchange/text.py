"""Bytes into text, and text as the register keeps it."""

from __future__ import annotations

import codecs
import re
import unicodedata

from django.utils.translation import gettext as _

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file with plain line ends, and in words which encoding it was read in."""
    text, words = _decode(content)
    return text.replace("\r\n", "\n").replace("\r", "\n"), words


def _decode(content: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            name = "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
            text = content.decode(encoding, "replace")
            return text, _("Read as %(encoding)s, by the byte-order mark at its beginning.") % {"encoding": name} + _lost(text)
    if content and content[:400].count(0) > len(content[:400]) // 4:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
        text = content.decode(encoding, "replace")
        return text, _("Read as UTF-16 without a byte-order mark.") + _lost(text)
    try:
        return content.decode("utf-8"), _("Read as UTF-8.")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    text = content.decode("cp1252", "replace")
    words = _(
        "Line %(line)s is not UTF-8, so the file was read as Windows-1252. Look whether the accents are right; otherwise save it as UTF-8."
    )
    return text, words % {"line": line} + _lost(text)


def _lost(text: str) -> str:
    lost = text.count("\N{REPLACEMENT CHARACTER}")
    return " " + _("%(count)s characters could not be read and are shown as �.") % {"count": lost} if lost else ""


def tidy(text: object) -> str:
    """A text on one line without control characters or doubled spaces, its accents in one piece."""
    return " ".join(_CONTROLS.sub("", unicodedata.normalize("NFC", str(text))).split())


def shorten(text: str, longest: int) -> str:
    """The text, or as many whole words of it as fit, with … behind them."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;") + "…"
