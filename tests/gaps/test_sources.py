"""What the database keeps of a source, and how it is printed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from gaps.models import Citation, Source

pytestmark = pytest.mark.django_db


def test_a_pasted_doi_is_kept_without_its_address() -> None:
    source = Source(slug="younger-2013", doi="https://doi.org/10.1002/art.37734")

    source.full_clean()

    assert source.doi == "10.1002/art.37734"


def test_two_sources_with_one_doi_are_refused_whatever_the_case() -> None:
    Source.objects.create(slug="one", doi="10.1002/art.37734")

    with pytest.raises(ValidationError, match="A source with this DOI is already here"):
        Source(slug="two", doi="10.1002/ART.37734").full_clean()
    with pytest.raises(IntegrityError):
        Source.objects.create(slug="two", doi="10.1002/ART.37734")


def test_several_sources_may_have_no_doi() -> None:
    Source.objects.create(slug="one", title="One")

    Source.objects.create(slug="two", title="Two")

    assert Source.objects.filter(doi="").count() == 2


def test_a_source_that_nobody_could_find_is_refused() -> None:
    with pytest.raises(ValidationError, match="Give a DOI, a PMID, a web address or a title"):
        Source(slug="nothing", authors="Somebody").full_clean()


def test_a_reference_is_printed_from_the_parts_that_are_given() -> None:
    full = Source(
        authors="Younger, J. & Mackey, S.", year=2013, title="Low doses", container_title="Arthritis Rheum.", volume="65", pages="529–538"
    )
    bare = Source(title="Is it known?")

    assert full.reference() == "Younger, J. & Mackey, S. (2013). Low doses. Arthritis Rheum. 65, 529–538."
    assert full.short_name() == "Younger 2013"
    assert bare.reference() == "Is it known?"
    assert bare.short_name() == "Is it known?"


def test_a_source_links_to_its_doi_rather_than_its_address() -> None:
    assert Source(doi="10.1002/art.37734", url="https://example.org/").link() == "https://doi.org/10.1002/art.37734"
    assert Source(url="https://example.org/").link() == "https://example.org/"
    assert Source(title="Printed only").link() == ""


def test_a_list_of_references_gives_each_number_once() -> None:
    article = Source.objects.create(slug="article", title="Article")
    cited = Source.objects.create(slug="cited", title="Cited")
    Citation.objects.create(citing=article, cited=cited, number=1)

    with pytest.raises(ValidationError, match="This number already stands for a reference"):
        Citation(citing=article, cited=Source.objects.create(slug="other", title="Other"), number=1).full_clean()
    with pytest.raises(ValidationError, match="A source does not cite itself"):
        Citation(citing=article, cited=article, number=2).full_clean()
    assert list(article.cites.all()) == [cited]
    assert list(cited.cited_by.all()) == [article]
