"""Trial registries: whose number a text is, and why it is none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Registry(models.TextChoices):
    """The registries whose numbers are known here."""

    NCT = "nct", "ClinicalTrials.gov"
    ISRCTN = "isrctn", "ISRCTN"
    ACTRN = "actrn", "ANZCTR"
    CTRI = "ctri", "CTRI"
    EUDRACT = "eudract", "EudraCT"
    REBEC = "rebec", "ReBEC"


@dataclass(frozen=True)
class Pattern:
    """How the numbers of one registry look: what they begin with, the whole, an example, and where a record is read."""

    begins: str
    whole: str
    example: str
    digits: int | None
    address: str


PATTERNS: dict[Registry, Pattern] = {
    Registry.NCT: Pattern(r"NCT", r"NCT[0-9]{8}", "NCT04270877", 8, "https://clinicaltrials.gov/study/{}"),
    Registry.ISRCTN: Pattern(r"ISRCTN", r"ISRCTN[0-9]{8}", "ISRCTN58259979", 8, "https://www.isrctn.com/{}"),
    Registry.ACTRN: Pattern(
        r"ACTRN", r"ACTRN[0-9]{14}p?", "ACTRN12624001162505", 14, "https://www.anzctr.org.au/TrialSearch.aspx#&&searchTxt={}"
    ),
    Registry.CTRI: Pattern(r"CTRI", r"CTRI/[0-9]{4}/[0-9]{2,3}/[0-9]{6}", "CTRI/2013/06/003735", None, "https://ctri.nic.in/"),
    Registry.EUDRACT: Pattern(
        r"EUCTR|EUDRACT|[0-9]{4}-",
        r"[0-9]{4}-[0-9]{6}-[0-9]{2}",
        "2019-000702-30",
        None,
        "https://www.clinicaltrialsregister.eu/ctr-search/search?query={}",
    ),
    Registry.REBEC: Pattern(r"RBR", r"RBR-[0-9a-zA-Z]{4,8}", "RBR-7HK8N", None, "https://ensaiosclinicos.gov.br/rg/{}"),
}
_EUROPEAN = re.compile(r"^(?:EUCTR|EUDRACT)(?:NUMBER|NO\.?)?[:#-]*([0-9]{4}-[0-9]{6}-[0-9]{2})(?:-[A-Z]{2}|-3rd)?$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"^https?://\S*?((?:NCT|ISRCTN|ACTRN|RBR-|CTRI/|EUCTR)[0-9A-Za-z/-]+|(?<=[=/])[0-9]{4}-[0-9]{6}-[0-9]{2})", re.IGNORECASE
)
LOOK_ALIKES = str.maketrans("OIL|", "0011")


def normalise_registration(text: str) -> str:
    """The number as its registry writes it: plain digits and hyphens, no spaces, address, or country behind a European one.

    Examples
    --------
    >>> normalise_registration(" nct04270877 ")
    'NCT04270877'
    >>> normalise_registration("EUCTR2021–002534–16-ES")
    '2021-002534-16'
    >>> normalise_registration("ACTRN12623000172606P")
    'ACTRN12623000172606p'
    >>> normalise_registration("https://clinicaltrials.gov/study/NCT04270877?tab=results")
    'NCT04270877'
    """
    text = "".join(_plain(letter) for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    text = re.sub(r"\s+", "", text)
    if address := _ADDRESS.match(text):
        text = address[1]
    if european := _EUROPEAN.match(text):
        return european[1]
    if text[:3].upper() == "RBR":
        return "RBR" + text[3:]
    text = text.upper()
    return text[:-1] + "p" if text.startswith("ACTRN") and text.endswith("P") else text


def _plain(letter: str) -> str:
    """A digit of any script as 0–9, and every dash as a hyphen."""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "-" if letter == "\N{MINUS SIGN}" or unicodedata.category(letter) == "Pd" else letter


def registry_of(identifier: str) -> Registry:
    """Whose number this is.

    Raises
    ------
    ValidationError
        When no registry writes its numbers so; the message says which one it resembles and what is wrong with it.
    """
    number = normalise_registration(identifier)
    for registry, pattern in PATTERNS.items():
        if re.fullmatch(pattern.whole, number):
            return registry
    for registry, pattern in PATTERNS.items():
        meant = _without_look_alikes(registry, number)
        if re.fullmatch(pattern.whole, meant):
            raise ValidationError(
                _("%(given)s has a letter where %(registry)s writes a digit. If %(meant)s is meant, write it so."),
                code="registration_letters",
                params={"given": number, "registry": registry.label, "meant": meant},
            )
        if re.match(pattern.begins, number, re.IGNORECASE):
            raise _malformed(registry, number)
    raise ValidationError(
        _("%(given)s is no number of a registry known here. Examples: %(examples)s."),
        code="unknown_registry",
        params={"given": identifier.strip() or "–", "examples": ", ".join(pattern.example for pattern in PATTERNS.values())},
    )


def _without_look_alikes(registry: Registry, number: str) -> str:
    """The number with digits for the letters that look like them, behind what names its registry."""
    begins = re.match(PATTERNS[registry].begins, number, re.IGNORECASE)
    start = begins.end() if begins and registry != Registry.EUDRACT else 0
    return normalise_registration(number[:start] + number[start:].translate(LOOK_ALIKES))


def _malformed(registry: Registry, number: str) -> ValidationError:
    pattern = PATTERNS[registry]
    digits = sum(letter.isdecimal() for letter in number)
    if pattern.digits and digits != pattern.digits:
        return ValidationError(
            _(
                "%(given)s has %(digits)s digits; a number of %(registry)s has %(wanted)s, such as %(example)s. One may be missing or doubled."
            ),
            code="registration_digits",
            params={
                "given": number,
                "digits": digits,
                "registry": registry.label,
                "wanted": pattern.digits,
                "example": pattern.example,
            },
        )
    return ValidationError(
        _("%(given)s is not written as %(registry)s writes its numbers, such as %(example)s."),
        code="registration_form",
        params={"given": number, "registry": registry.label, "example": pattern.example},
    )


def registration_link(identifier: str) -> str:
    """The page at which its registry shows, or lets one look for, the record."""
    return PATTERNS[registry_of(identifier)].address.format(quote(normalise_registration(identifier), safe=""))


def valid_registration(text: str) -> None:
    """Refuse what is no registry's number."""
    registry_of(text)


class RegistrationFormField(forms.CharField):
    """A registry's number as people paste it; two rows of one form that mean the same number are seen to be the same."""

    def to_python(self, value: Any) -> Any:
        return normalise_registration(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}  # a whole address may be pasted


class RegistrationField(models.CharField[str, str]):
    """A registry's number as people paste it, kept as the registry writes it."""

    default_validators = [valid_registration]

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return normalise_registration(value) if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": RegistrationFormField, **kwargs})
