"""Digital object identifiers: read from whatever people paste, checked, and turned into a link."""

import re
from typing import Any
from urllib.parse import quote, unquote

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

_RESOLVER = re.compile(r"^(?:https?://)?(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
_LABEL = re.compile(r"^doi:\s*", re.IGNORECASE)

valid_doi = RegexValidator(
    r"^10\.[0-9]{4,9}/\S+\Z",
    _("A DOI begins with 10., a number of four to nine digits and a slash, such as 10.1002/art.37734."),
    flags=re.IGNORECASE,
)


def normalise_doi(text: str) -> str:
    """The bare identifier, without the resolver's address or a label before it.

    Examples
    --------
    >>> normalise_doi(" https://doi.org/10.1016/s2665-9913%2823%2900278-3 ")
    '10.1016/s2665-9913(23)00278-3'
    >>> normalise_doi("doi: 10.1002/art.37734")
    '10.1002/art.37734'
    """
    text = text.strip()
    if _RESOLVER.match(text):
        return unquote(_RESOLVER.sub("", text))
    return _LABEL.sub("", text)


def doi_link(doi: str) -> str:
    """The address at which the resolver forwards to the publisher."""
    return f"https://doi.org/{quote(doi, safe='/():;.,_-')}"


class DoiField(models.CharField[str, str]):
    """A DOI as people paste it, kept as the bare identifier."""

    default_validators = [valid_doi]

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return normalise_doi(value) if isinstance(value, str) else value
