"""DOIs as people paste them."""

import pytest
from django.core.exceptions import ValidationError

from gaps.doi import doi_link, normalise_doi, valid_doi

GOOD = [
    "10.1016/s2665-9913(23)00278-3",
    "10.1016/0006-8993(87)91338-2",
    "10.1002/art.37734",
    "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
]
BAD = [
    "10.1016",
    "10.12/too-few-digits",
    "11.1016/wrong-prefix",
    "10.1016/with space",
    "NCT04270877",
    "https://example.org/10.1002/art.37734",
]


@pytest.mark.parametrize("doi", GOOD)
def test_doi_with_parentheses_and_angle_brackets_is_valid(doi: str) -> None:
    valid_doi(doi)


@pytest.mark.parametrize("doi", BAD)
def test_what_is_no_doi_is_refused_with_an_example(doi: str) -> None:
    with pytest.raises(ValidationError, match=r"10\.1002/art\.37734"):
        valid_doi(doi)


@pytest.mark.parametrize(
    "pasted", ["https://doi.org/10.1002/art.37734", "http://dx.doi.org/10.1002/art.37734", "DOI: 10.1002/art.37734", "  10.1002/art.37734 "]
)
def test_address_label_and_blanks_around_a_doi_are_taken_off(pasted: str) -> None:
    assert normalise_doi(pasted) == "10.1002/art.37734"


def test_an_escaped_address_gives_the_doi_with_its_parentheses() -> None:
    assert normalise_doi("https://doi.org/10.1016/s2665-9913%2823%2900278-3") == "10.1016/s2665-9913(23)00278-3"


def test_the_link_escapes_what_an_address_may_not_hold() -> None:
    assert doi_link("10.1002/a<b>(c)") == "https://doi.org/10.1002/a%3Cb%3E(c)"
