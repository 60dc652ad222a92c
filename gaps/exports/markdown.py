"""A gap as a research recommendation in Markdown, one line an element of EPICOT+ (Brown et al., BMJ 2006;333:804–6, 10.1136/bmj.38987.492014.94)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gaps.models import Gap

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_AT_START = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def plain(text: object) -> str:
    """The text on one line, with everything escaped that Markdown would take for markup."""
    one_line = " ".join(str(text).split())
    return _AT_START.sub(r"\1\\\2", _MARKS.sub(r"\\\1", one_line))


def recommendations(gaps: Iterable[Gap]) -> str:
    """Research recommendations of these gaps, one after the other."""
    return "\n".join(line for gap in gaps for line in _recommendation(gap)).rstrip() + "\n"


def _recommendation(gap: Gap) -> Iterator[str]:
    yield f"## {plain(gap.uid)}: {plain(gap.question or gap.title)}"
    yield ""
    if gap.question:
        yield f"*{plain(gap.title)}*"
        yield ""
    for element in gap.epicot():
        yield f"- **{element.label}**: {plain(element.text) if element.text else _('not given')}"
    reasons = ", ".join(f"{reason.code} ({plain(reason.label())})" for reason in gap.reasons.all())
    yield f"- **{_('Robinson')}**: {reasons or _('not given')}"
    yield f"- **GRADE**: {plain(certainty(gap))}"
    yield f"- **{_('Status')}**: {gap.get_status_display()}"
    for passage in gap.passages.all():
        yield ""
        yield f"> “{plain(passage.quote)}” ({plain(passage.source.title or passage.source)}, {plain(passage.locator)})"
    yield ""


def certainty(gap: Gap) -> str:
    """The latest assessment of each outcome, such as "Low (mean pain, 1 Dec 2026)"."""
    words = [f"{row.level_word()} ({row.outcome_domain}, {date_format(row.assessed_date, 'j M Y')})" for row in gap.certainties()]
    return "; ".join(words) or _("not assessed")
