"""A text that can be cited, and which texts it cites."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gaps.doi import DoiField, doi_link

EARLIEST_YEAR, LATEST_YEAR = 1500, 2200


class SourceQuerySet(models.QuerySet["Source"]):
    """The questions that pages ask of the sources."""

    def get_by_natural_key(self, slug: str) -> Source:
        return self.get(slug=slug)


class Source(models.Model):
    """A text that can be cited: the article that raises a gap, a trial's report, a review, a website."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article")
        REVIEW = "review", _("Review")
        TRIAL = "trial", _("Trial report")
        CHAPTER = "chapter", _("Chapter")
        GUIDELINE = "guideline", _("Guideline")
        REGISTRY = "registry", _("Registry record")
        WEBSITE = "website", _("Website")

    slug = models.SlugField(_("short name"), max_length=60, unique=True, help_text=_("First author and year, such as younger-2013."))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.ARTICLE)
    authors = models.CharField(
        _("authors"), max_length=300, blank=True, help_text=_("As printed, such as Younger, J., Noor, N., McCue, R. & Mackey, S.")
    )
    title = models.CharField(_("title"), max_length=400, blank=True)
    container_title = models.CharField(
        _("journal, book or site"), max_length=200, blank=True, help_text=_("What it appeared in, such as Arthritis Rheum.")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(EARLIEST_YEAR), MaxValueValidator(LATEST_YEAR)]
    )
    volume = models.CharField(_("volume"), max_length=20, blank=True)
    pages = models.CharField(_("pages"), max_length=30, blank=True, help_text=_("First and last page, such as 529–538."))
    doi = DoiField(
        _("DOI"),
        max_length=200,
        blank=True,
        help_text=_("Such as 10.1002/art.37734; an address that begins with https://doi.org/ is shortened."),
    )
    pmid = models.CharField(
        _("PMID"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[1-9][0-9]{0,7}\Z", _("A PMID is a number of at most eight digits, such as 38226027."))],
        help_text=_("The number of its PubMed record, such as 38226027."),
    )
    url = models.URLField(_("web address"), max_length=400, blank=True)
    cites = models.ManyToManyField("self", through="Citation", symmetrical=False, related_name="cited_by", blank=True)

    objects = SourceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("slug",)
        constraints = (
            models.UniqueConstraint(
                Lower("doi"),
                condition=~Q(doi=""),
                name="source_doi_unique",
                violation_error_message=_("A source with this DOI is already here."),
            ),
            models.UniqueConstraint(
                fields=("pmid",),
                condition=~Q(pmid=""),
                name="source_pmid_unique",
                violation_error_message=_("A source with this PMID is already here."),
            ),
            models.CheckConstraint(
                condition=Q(doi="") | Q(doi__startswith="10."),
                name="source_doi_begins_with_10",
                violation_error_message=_("A DOI begins with 10."),
            ),
            models.CheckConstraint(
                condition=~Q(doi="", url="", title="", pmid=""),
                name="source_can_be_found",
                violation_error_message=_("Give a DOI, a PMID, a web address or a title, so that others can find the source."),
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__range=(EARLIEST_YEAR, LATEST_YEAR)),
                name="source_year_in_range",
                violation_error_message=_("A year is from 1500 to 2200."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.short_name()}: {self.title}" if self.authors and self.title else self.short_name()

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def short_name(self) -> str:
        """First author and year, such as "Younger 2013"; without an author, the title."""
        first_author = self.authors.partition(",")[0]
        name = first_author or self.title or self.doi or self.url
        return f"{name} {self.year}" if first_author and self.year else name

    def reference(self) -> str:
        """The source as a list of references prints it, without its DOI: "Younger, J. (2013). Title. Journal 65, 529–538."."""
        year = f"({self.year})" if self.year else ""
        place = ", ".join(part for part in (f"{self.container_title} {self.volume}".strip(), self.pages) if part)
        head = " ".join(part for part in (self.authors, year) if part)
        return " ".join(part if part[-1] in ".?!" else f"{part}." for part in (head, self.title, place) if part)

    def link(self) -> str:
        """Where a reader finds the source: its DOI, or else its web address or PubMed record."""
        if self.doi:
            return doi_link(self.doi)
        return self.url or (f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid else "")


class CitationQuerySet(models.QuerySet["Citation"]):
    """Citations by what identifies them in a fixture."""

    def get_by_natural_key(self, citing: str, number: int) -> Citation:
        return self.get(citing__slug=citing, number=number)


class Citation(models.Model):
    """One numbered entry in a source's list of references."""

    citing = models.ForeignKey(Source, verbose_name=_("citing source"), related_name="citations", on_delete=models.CASCADE)
    cited = models.ForeignKey(Source, verbose_name=_("cited source"), related_name="citations_of_it", on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField(
        _("number"), validators=[MinValueValidator(1)], help_text=_("As printed in the list of references, such as 6.")
    )

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("numbered reference")
        verbose_name_plural = _("numbered references")
        ordering = ("citing", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("citing", "number"),
                name="citation_number_once",
                violation_error_message=_("This number already stands for a reference."),
            ),
            models.UniqueConstraint(
                fields=("citing", "cited"),
                name="citation_source_once",
                violation_error_message=_("This source is already in the list of references."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="citation_number_from_1", violation_error_message=_("References are numbered from 1.")
            ),
            models.CheckConstraint(
                condition=~Q(citing=models.F("cited")),
                name="citation_of_another",
                violation_error_message=_("A source does not cite itself."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.cited}"

    def natural_key(self) -> tuple[str, int]:
        return (self.citing.slug, self.number)

    natural_key.dependencies = ["gaps.source"]  # type: ignore[attr-defined]
