"""What the tests of reports read texts with."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from trials.models import Sizing

MakeSizing = Callable[..., Sizing]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text_of_html(markup: str) -> str:
    """What is written between the tags."""
    parser = _Text()
    parser.feed(markup)
    return "".join(parser.parts)


def squeezed(text: str) -> str:
    """The text without any white space, so that line breaks do not matter."""
    return re.sub(r"[\s\u200b]+", "", text)
