"""A drawing that collects SVG elements and escapes everything that is written into it."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from ldnplanner.common.markup import xml_text

Size = Literal["wide", "narrow"]
Anchor = Literal["start", "middle", "end"]
Attribute = str | float | None

CHARACTER_WIDTH = 6.6  # of a 12 px semi-bold Inter, on the safe side of its mean
ELLIPSIS = "…"
FULL_WIDTH = ("W", "F")


class Drawing:
    """One ``<svg role="img">`` with title, description and ids that begin with a prefix of its own."""

    def __init__(self, width: float, height: float, *, size: Size, prefix: str, title: str, description: str) -> None:
        self.width = width
        self.height = height
        self.size = size
        self.prefix = f"{_as_id(prefix)}-{size}"
        self.title = title
        self.description = description
        self.elements: list[str] = []
        self.definitions: list[str] = []

    def element(self, name: str, content: str = "", /, **attributes: Attribute) -> None:
        self.elements.append(element(name, content, **attributes))

    def text(self, x: float, y: float, words: str, *, classes: str = "", anchor: Anchor = "start") -> None:
        self.element("text", escape(xml_text(words)), x=x, y=y, class_=classes, text_anchor=None if anchor == "start" else anchor)

    def line(self, x1: float, y1: float, x2: float, y2: float, classes: str) -> None:
        self.element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=classes)

    def rect(self, x: float, y: float, width: float, height: float, classes: str = "", *, fill: str | None = None) -> None:
        self.element("rect", x=x, y=y, width=width, height=height, class_=classes, fill=fill)

    def polygon(self, corners: Iterable[tuple[float, float]], classes: str = "", *, fill: str | None = None) -> None:
        self.element("polygon", points=" ".join(f"{number(x)},{number(y)}" for x, y in corners), class_=classes, fill=fill)

    def pattern(self, name: str, width: float, content: str, *, turned: int = 0) -> str:
        """Define a square pattern and return the ``fill`` that refers to it."""
        turn = f"rotate({turned})" if turned else None
        identifier = f"{self.prefix}-fill-{name}"
        self.definitions.append(
            element("pattern", content, id=identifier, width=width, height=width, patternUnits="userSpaceOnUse", patternTransform=turn)
        )
        return f"url(#{identifier})"

    def render(self) -> str:
        title = element("title", escape(xml_text(self.title)), id=f"{self.prefix}-t")
        description = element("desc", escape(xml_text(self.description)), id=f"{self.prefix}-d")
        definitions = element("defs", "".join(self.definitions)) if self.definitions else ""
        return element(
            "svg",
            "\n".join(("", title + description + definitions, *self.elements, "")),
            viewBox=f"0 0 {number(self.width)} {number(self.height)}",
            class_=f"only-{self.size}",
            role="img",
            aria_labelledby=f"{self.prefix}-t {self.prefix}-d",
        )


def element(name: str, content: str = "", /, **attributes: Attribute) -> str:
    """An element of attributes and ready markup; ``class_`` and ``text_anchor`` become ``class`` and ``text-anchor``."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(xml_text(number(value) if isinstance(value, float | int) else value))}"
        for key, value in attributes.items()
        if value not in (None, "")
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def number(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def text_width(words: str) -> float:
    """About how wide the words are at 12 px: an estimate, as the server has no font metrics."""
    return sum(12 if unicodedata.east_asian_width(character) in FULL_WIDTH else CHARACTER_WIDTH for character in words)


def fitting(words: str, width: float) -> str:
    """The words, or as many of their characters as fit with an ellipsis, or nothing where not even three fit."""
    if text_width(words) <= width:
        return words
    kept = words
    while kept and text_width(kept + ELLIPSIS) > width:
        kept = kept[:-1]
    kept = kept.rstrip(" ·,")
    return kept + ELLIPSIS if len(kept) >= 3 else ""


def signed(value: float) -> str:
    """A number as short as it can be written, with a true minus; nothing has none."""
    return f"{value + 0.0:g}".replace("-", "−")


def per_cent(share: float, *, digits: int = 1) -> str:
    """A share as per cent, such as "90 %" or "91.2 %", with a no-break space; what is not 100 is not rounded up to it."""
    text = f"{share * 100:.{digits}f}".removesuffix("." + "0" * digits)
    if text == "100" and share < 1:
        text = f"over {100 - 10**-digits:g}"
    return text + "\N{NO-BREAK SPACE}%"


def _as_id(prefix: str) -> str:
    cleaned = re.sub(r"[^A-Za-z0-9_-]", "-", prefix)
    return cleaned if cleaned[:1].isalpha() else f"c{cleaned}"
