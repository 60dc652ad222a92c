"""Studies as lines of a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gaps.models import Study

COLUMNS = (
    "slug",
    "label",
    "title",
    "design",
    "status",
    "year",
    "start_date",
    "completion_date",
    "population",
    "population_group",
    "regimen",
    "dose_low_mg",
    "dose_high_mg",
    "n_randomised",
    "n_analysed",
    "periods",
    "treatment_days",
    "washout_days",
    "registrations",
    "reports",
    "figures",
    "note",
    "unverified",
)


def study_lines(studies: Iterable[Study]) -> Iterator[list[object]]:
    """The studies as lines of a spreadsheet, in the columns of `COLUMNS`; several values of one cell are parted by "; "."""
    for study in studies:
        texts = {
            "population_group": study.population_group.label if study.population_group else "",
            "registrations": "; ".join(registration.identifier for registration in study.registrations.all()),
            "reports": "; ".join(source.doi or source.link() or source.title for source in study.sources.all()),
            "figures": len(study.estimates.all()),
        }
        yield [texts[name] if name in texts else getattr(study, name) for name in COLUMNS]
