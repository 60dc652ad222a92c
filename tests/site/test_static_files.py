"""The static files stand on their own, and their colours can be read."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from ldnplanner.common.charts.printable import STYLES

TOKENS = (STYLES / "tokens.css").read_text(encoding="utf-8")
COLOURS = {name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", TOKENS)}
GROUNDS = ("paper", "surface", "sunken")
TEXTS = ("ink", "ink-2", "accent")


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_contrast_that_everybody_quotes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_on_every_ground(text: str, ground: str, scheme: int) -> None:
    assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("colour", "ground", "least"),
    [
        *[(colour, ground, 4.5) for colour in ("copper", "ok", "warn", "bad") for ground in ("paper", "surface")],
        *[(colour, ground, 3.0) for colour in ("line-strong", "focus") for ground in ("paper", "surface")],
        ("on-accent", "accent", 4.5),
        ("on-accent", "accent-hover", 4.5),
        ("ink", "accent-soft", 4.5),
        ("ink", "copper-soft", 4.5),
    ],
)
def test_colours_that_carry_meaning_stand_out(colour: str, ground: str, least: float, scheme: int) -> None:
    assert contrast(COLOURS[colour][scheme], COLOURS[ground][scheme]) >= least


def test_every_variable_that_our_styles_ask_for_is_a_token() -> None:
    defined = set(re.findall(r"--([\w-]+)\s*:", TOKENS))

    asked = {
        name
        for sheet in ("app.css", "charts.css", "admin.css")
        for name in re.findall(r"var\(--([\w-]+)", (STYLES / sheet).read_text(encoding="utf-8"))
    }

    assert asked - defined <= {name for name in asked if name.startswith("bs-")}
    assert len(asked) >= 20


def test_the_fonts_come_with_their_licences() -> None:
    folder = STYLES.parent / "fonts"

    assert sorted(path.name for path in folder.iterdir()) == [
        "OFL-Inter.txt",
        "OFL-Source-Serif-4.txt",
        "inter-subset.woff2",
        "source-serif-4.woff2",
    ]
    assert all("SIL OPEN FONT LICENSE" in path.read_text(encoding="utf-8").upper() for path in folder.glob("OFL-*.txt"))


def test_no_style_sheet_or_picture_of_ours_points_off_the_site() -> None:
    sheets = [*STYLES.glob("*.css"), *(STYLES.parent / "img").iterdir()]

    pointing = [
        path.name for path in sheets if re.search(r"(?:url\(|@import|href=)\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8"))
    ]

    assert len(sheets) >= 5
    assert pointing == []


def test_htmx_is_the_second_version_and_served_by_the_site() -> None:
    script = finders.find("django_htmx/htmx-2.min.js")

    assert script
    assert 'version:"2.' in Path(script).read_text(encoding="utf-8")


def test_the_files_can_be_collected_for_production(tmp_path: Path) -> None:
    storages = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}

    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()
    assert list((tmp_path / "css").glob("app.*.css"))
