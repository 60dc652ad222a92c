"""Which characters the fonts of the PDF can show, and what stands for those that they cannot."""

import unicodedata
from collections.abc import Iterator
from itertools import groupby

# Code points that the fonts inside the typst wheel cover, in hexadecimal; a test holds this list against them.
COVERED = """
    20-3E1 3F0-4FF 510-513 51A-51D 531-60C 615 61B 61F 621-63A 640-655 65A 660-66D 674 679-67B 67E-680 683-684 686-687 691 698 6A4
    6A9 6AF 6BE 6CC 6F0-6F9 10D0-10FF 115F-1160 17B4-17B5 17C1-17C3 180B-180F 1AB0-1ACE 1D00-2040 2042 2044-2052 2054-211E 2120
    2122 2124 2126-2151 2153-2184 2189 2190-23FF 2422-2423 2460-2606 2609-262F 2638-268B 2690-269C 26A0-26A7 26AA-26AF 26B2
    2701-2704 2706-2709 270C-2714 2717-2726 272A-274B 274D 274F-2752 2756 2758-275E 2761-277F 2794 2798-27AF 27B1-2BFF 2C60-2C7F
    2E02-2E05 2E08-2E0A 2E17-2E18 2E1F 2E22-2E25 2E2E A640-A641 A648-A649 A656-A657 A708-A716 A71B-A727 A72D A730 A735 A765
    A789-A78E A790-A791 A793 A7AA A7F8-A7F9 FB00-FB4F FB52-FB81 FB8A-FB95 FB9E-FB9F FBAA-FBAD FBE8-FBE9 FBFC-FBFF FE00-FE0F
    FE20-FE2F FE66 FE70-FEFC FFA0 1D400-1D7FF
"""
COMMON_MARKS = range(0x300, 0x370)
INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"


def _ranges() -> list[tuple[int, int]]:
    edges = (part.partition("-") for part in COVERED.split())
    return [(int(first, 16), int(last or first, 16)) for first, _dash, last in edges]


RANGES = _ranges()


def is_covered(character: str) -> bool:
    """Whether the PDF's fonts have a shape for this character; controls and marks that turn text round have none."""
    if unicodedata.category(character) in INVISIBLE:
        return False
    point = ord(character)
    return any(first <= point <= last for first, last in RANGES)


def showable(text: str, longest: int) -> str:
    """The text with `[U+1F600]` in place of what has no shape, line ends kept.

    Words of more than `longest` characters may break anywhere, so that none runs off the page.
    """
    shown = "".join(
        character if character == "\n" or (is_covered(character) and _sits_well(character, base)) else _code(character)
        for character, base in _with_bases(text)
    )
    if max((len(word) for word in shown.split()), default=0) <= longest:
        return shown
    return "".join(_breakable(part) if len(part) > longest else part for part in _words_and_gaps(shown))


def _with_bases(text: str) -> Iterator[tuple[str, str]]:
    """Each character with the letter that it stands on: itself, but for marks."""
    base = ""
    for character in text:
        base = base if _is_mark(character) else character
        yield character, base


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _sits_well(character: str, base: str) -> bool:
    """Whether letter and mark have a shape together: the common accents with all, other marks with letters of their own script."""
    if not _is_mark(character) or ord(character) in COMMON_MARKS:
        return True
    script = unicodedata.name(character, "").partition(" ")[0]
    return bool(base) and unicodedata.name(base, "").partition(" ")[0] == script


def _code(character: str) -> str:
    return " " if character in "\t\r" else f"[U+{ord(character):04X}]"


def _words_and_gaps(text: str) -> list[str]:
    """The words and the white space between them, in turn."""
    return ["".join(group) for _space, group in groupby(text, str.isspace)]


def _breakable(word: str) -> str:
    """The word with a place to break before every character that is not a mark on the one before it."""
    return "".join(character if unicodedata.combining(character) else ZERO_WIDTH_SPACE + character for character in word).removeprefix(
        ZERO_WIDTH_SPACE
    )
