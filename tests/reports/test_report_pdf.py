"""The report as PDF: the same words, the same bytes, tags, an attachment, and nothing of what people wrote taken for markup."""

import base64
import hashlib
import io
import json
import subprocess
import sys
import unicodedata
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from tests.reports.report_texts import MakeSizing, squeezed
from trials.models import Sizing
from trials.reports.as_pdf import STANDARDS, as_pdf, pdf_of, sources
from trials.reports.compose import compose
from trials.reports.document import values
from trials.reports.glyphs import INVISIBLE, RANGES, is_covered, showable

HOSTILE = '#let x = 1 #panic("no") $x^2$ *bold* _it_ `raw` @ref <label> // no \\ "q" = Head <b>html</b> =1+1 αβγ √ ≥ 😀 漢 \u202eabc\u202c'


def text_of_pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_every_displayed_value_is_in_the_pdf(sizing: Sizing) -> None:
    document = compose(sizing)

    shown = squeezed(text_of_pdf(as_pdf(document)))

    wanted = [value.text for value in values(document) if value.text]
    assert len(wanted) > 300
    assert [text for text in wanted if squeezed(text) not in shown] == []


def test_the_same_sizing_gives_the_same_bytes(sizing: Sizing) -> None:
    first = as_pdf(compose(sizing))

    again = as_pdf(compose(Sizing.objects.get(pk=sizing.pk)))

    assert first == again


def test_another_process_gives_the_same_bytes(sizing: Sizing) -> None:
    """Fonts and clock do not depend on the process: a fresh one compiles the same sources, handed over in base 64."""
    document = compose(sizing)
    timestamp = int(document.record.created_at.timestamp())
    given = json.dumps({name: base64.b64encode(content).decode() for name, content in sources(document).items()})
    program = (
        "import base64, json, sys, typst\n"
        "files = {name: base64.b64decode(content) for name, content in json.load(sys.stdin).items()}\n"
        f"sys.stdout.buffer.write(typst.compile(files, ignore_system_fonts=True, pdf_standards={STANDARDS!r}, timestamp={timestamp}))"
    )

    elsewhere = subprocess.run([sys.executable, "-c", program], input=given.encode(), capture_output=True, check=True).stdout

    assert elsewhere == as_pdf(document)


def test_the_pdf_is_titled_tagged_and_says_its_language(sizing: Sizing) -> None:
    reader = PdfReader(io.BytesIO(as_pdf(compose(sizing))))

    catalogue: Any = reader.root_object
    assert reader.metadata is not None
    assert reader.metadata.title == sizing.snapshot["protocol_title"]
    assert reader.metadata.creation_date == sizing.created_at.replace(microsecond=0)
    assert catalogue["/Lang"] == "en-GB"
    assert catalogue["/MarkInfo"]["/Marked"] == True  # noqa: E712  # a PDF object that only equals
    assert "/StructTreeRoot" in catalogue


def test_the_pdf_claims_the_archive_and_accessibility_standards(sizing: Sizing) -> None:
    reader = PdfReader(io.BytesIO(as_pdf(compose(sizing))))

    catalogue: Any = reader.root_object
    metadata = catalogue["/Metadata"].get_object().get_data().decode()
    assert "pdfaid:part>3<" in metadata.replace(" ", "")
    assert "pdfuaid:part>1<" in metadata.replace(" ", "")


def test_the_plan_is_attached(sizing: Sizing) -> None:
    reader = PdfReader(io.BytesIO(as_pdf(compose(sizing))))

    attached = {name: bytes(content[0]) for name, content in reader.attachments.items()}

    assert list(attached) == ["inputs.json"]
    assert json.loads(attached["inputs.json"]) == sizing.plan


def test_the_digest_of_the_report_is_that_of_the_attachment(sizing: Sizing) -> None:
    reader = PdfReader(io.BytesIO(as_pdf(compose(sizing))))

    assert hashlib.sha256(bytes(reader.attachments["inputs.json"][0])).hexdigest() == sizing.plan_digest


def test_pages_are_numbered_and_name_the_report(sizing: Sizing) -> None:
    reader = PdfReader(io.BytesIO(as_pdf(compose(sizing))))

    assert len(reader.pages) > 3
    for number, page in enumerate(reader.pages, start=1):
        text = squeezed(page.extract_text())
        assert sizing.uid in text
        assert f"page{number}of{len(reader.pages)}" in text


def test_markup_of_every_kind_comes_out_as_text(make_sizing: MakeSizing) -> None:
    sizing = make_sizing(
        protocol={"title": HOSTILE},
        question={"outcome": HOSTILE, "instrument": HOSTILE[:100], "unit": "#u $"},
        treatment={"drug": "#set text(red)", "frequency": "*x* <y>"},
        note=HOSTILE,
    )

    shown = squeezed(text_of_pdf(as_pdf(compose(sizing))))

    assert squeezed(showable(HOSTILE, 64)) in shown
    assert "[U+1F600]" in shown
    assert "[U+6F22]" in shown
    assert "[U+202E]abc[U+202C]" in shown
    assert "#settext(red)" in shown


def test_words_longer_than_a_line_are_broken(make_sizing: MakeSizing) -> None:
    sizing = make_sizing(protocol={"title": "W" * 200}, note="w" * 390)

    shown = squeezed(text_of_pdf(as_pdf(compose(sizing))))

    assert "W" * 200 in shown
    assert "w" * 390 in shown


def test_text_of_ten_thousand_characters_is_drawn(sizing: Sizing) -> None:
    sizing.snapshot["assumptions"][0]["note"] = "A long remark. " * 700

    reader = PdfReader(io.BytesIO(as_pdf(compose(sizing))))

    assert len(reader.pages) > 4


@pytest.mark.parametrize(
    "text", ["עברית", "العربية", "Ελληνικά", "Русский", "e\u0301", "हिन्दी", "\x00\x07", "👩‍⚕️", "\ud7ff", "\ufffd", "ﬁ", "\u2028"]
)
def test_scripts_of_all_kinds_make_a_file(sizing: Sizing, text: str) -> None:
    sizing.snapshot["outcome"]["outcome"] = text

    assert as_pdf(compose(sizing)).startswith(b"%PDF")


def test_the_fonts_have_every_shape_that_is_counted_on() -> None:
    """A PDF/UA file is refused when a shape is missing, so one file with all of them is proof."""
    characters = [chr(point) for first, last in RANGES for point in range(first, last + 1) if is_covered(chr(point))]

    content = _compiled(characters)

    assert len(characters) > 6000
    assert content.startswith(b"%PDF")


@pytest.mark.parametrize("character", ["😀", "漢", "한", "ก"])
def test_a_shape_that_is_not_counted_on_is_really_missing(character: str) -> None:
    assert not is_covered(character)
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        _compiled([character])


def test_letters_of_people_and_of_formulas_are_covered() -> None:
    wanted = "ÄÖÜäöüßéèêñçŁłŠšŽžØøÅåαβγδθλμρσψωΔΣΨ√≤≥≠≈±×÷−–—…·°µ²³½→←↑↓•✓₁₂⁻ᵢ‰€£"

    assert [character for character in wanted if not is_covered(character)] == []
    assert all(unicodedata.category(character) not in INVISIBLE for character in wanted)


def _compiled(characters: list[str]) -> bytes:
    source = b'#set document(title: "t")\n#set text(lang: "en", font: "Libertinus Serif")\n#for c in json("d.json") [#c #parbreak()]'
    files = {"main.typ": source, "d.json": json.dumps(characters).encode()}
    return pdf_of(files, timestamp=0)
