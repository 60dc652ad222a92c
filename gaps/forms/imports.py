"""Uploading a file, and saying what its columns hold."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gaps.exchange import gaps_csv
from gaps.exchange.reading import MOST_BYTES, READERS, guess_format
from gaps.models import ImportBatch
from ldnplanner.common.forms import mark_controls


class UploadForm(forms.Form):
    """A file, and its format where it cannot be guessed."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "At most 10 MB; 20,000 references, or 1,000 gaps or studies. Nothing is changed before you have seen what would."
        ),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), required=False, help_text=gettext_lazy("Choose it only if the guess is wrong.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(format_.value, format_.label) for format_ in READERS]
        self.fields["format"].choices = [("", _("Guess from the file")), *known]  # type: ignore[attr-defined]  # a ChoiceField
        mark_controls(self)

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        size = file.size or 0
        if size > MOST_BYTES:
            message = _("The file has %(size)s; at most %(most)s are read at once. Part it into several files.")
            raise forms.ValidationError(message % {"size": filesizeformat(size), "most": filesizeformat(MOST_BYTES)}, code="too_large")
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is None:
            return cleaned
        cleaned["content"] = file.read()
        if cleaned["content"].lstrip(b"\xef\xbb\xbf \r\n").startswith(b"PMID- "):
            message = _("This is PubMed’s own format (.nbib). Open it in a reference manager and export it as RIS, BibTeX or CSL-JSON.")
            self.add_error("file", forms.ValidationError(message, code="nbib"))
        elif not cleaned.get("format"):
            guessed = guess_format(file.name or "", cleaned["content"])
            if guessed is None:
                message = _("Neither the name nor the content of the file tells its format. Choose it.")
                self.add_error("format", forms.ValidationError(message, code="unknown_format"))
            else:
                cleaned["format"] = guessed.value
        return cleaned

    def batch(self, user: Any) -> ImportBatch:
        """The file as it is kept, not yet stored."""
        content = self.cleaned_data["content"]
        batch = ImportBatch(
            file_name=self.cleaned_data["file"].name[:200], format=self.cleaned_data["format"], content=content, uploaded_by=user
        )
        batch.content_sha256 = hashlib.sha256(content).hexdigest()
        if batch.format == ImportBatch.Format.GAPS_CSV:
            batch.mapping = gaps_csv.guess(gaps_csv.look(content).columns)
        return batch


class ColumnsForm(forms.Form):
    """Which field of a gap each column of a CSV file holds."""

    def __init__(self, table: gaps_csv.Table, mapping: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = table.columns
        choices = [("", _("leave aside")), *((name, gaps_csv.label(name)) for name in gaps_csv.FIELDS)]
        for number, column in enumerate(table.columns):
            sample = next((line[number] for line in table.sample if len(line) > number and line[number].strip()), "")
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column or _("column %(number)s, without a name") % {"number": number + 1},
                choices=choices,
                required=False,
                initial=mapping.get(column, ""),
            )
            self.fields[f"column_{number}"].sample = sample[:120]  # type: ignore[attr-defined]  # shown beside it
        mark_controls(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [name for name in cleaned.values() if name]
        for field, name in cleaned.copy().items():
            if name and chosen.count(name) > 1:
                self.add_error(field, forms.ValidationError(_("Two columns cannot hold the same; leave one aside."), code="doubled"))
        if not {"uid", "title"} & set(chosen):
            raise forms.ValidationError(_("Say which column holds the title, or the identifier, of a gap."), code="no_title")
        return cleaned

    def mapping(self) -> dict[str, str]:
        """Column → field, as the file is read by."""
        return {column: self.cleaned_data[f"column_{number}"] for number, column in enumerate(self.columns)}
