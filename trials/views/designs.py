"""Several designs for a draft's question, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ldnplanner.common.charts import bars
from ldnplanner.common.charts.bars import Bar, BarChart
from trials import planning
from trials.common_designs import common_for
from trials.contents import design_of
from trials.forms.designs import DesignsForm, UseForm
from trials.protocol.burden import DAYS_A_WEEK, Load, load_of
from trials.reports.display import MINUS, count, number
from trials.sizing.design import Design
from trials.sizing.properties import Properties, properties
from trials.views.pages import around, changeable, readable
from trials.views.studio import SIZES, our_svg

if TYPE_CHECKING:
    from django.http import HttpResponse

    from ldnplanner.common.requests import SignedInRequest
    from trials.models import PlannedQuestion, Protocol
    from trials.sizing.comparison import Compared


@dataclass(frozen=True)
class DesignRow:
    """One design of the comparison: what it is called, what it needs, what it is worth and what it asks."""

    name: str
    text: str
    needs: Compared
    worth: Properties | None
    load: Load
    is_current: bool

    @property
    def weeks_each(self) -> str:
        """How long it takes one participant, in weeks."""
        days = self.load.days_per_person
        return number(days / DAYS_A_WEEK, digits=3).text.removesuffix(".0") if days is not None else "–"

    @property
    def bias(self) -> str:
        """How far the estimate moves for each unit of carry-over that is left out of the model."""
        bias = self.worth.carryover_bias if self.worth else None
        return "–" if bias is None else f"{bias:.2f}".replace("-", MINUS)

    @property
    def can_be_used(self) -> bool:
        """Whether a draft can take it over: a crossover, and not the one that it has."""
        return self.worth is not None and not self.is_current


@require_http_methods(["GET", "HEAD", "POST"])
def protocol_designs(request: SignedInRequest, uid: str) -> HttpResponse:
    if request.method == "POST":
        return _use(request, uid)
    protocol = readable(request, uid)
    question = protocol.primary_question

    form = DesignsForm(request.GET if "designs" in request.GET else None)
    typed = form.cleaned_data["designs"] if form.is_bound and form.is_valid() else []

    rows = design_rows(protocol, question, typed) if question and _is_comparable(protocol, question) else []

    context = around(request, protocol, "designs") | {
        "form": form,
        "question": question,
        "rows": rows,
        "lacking": [str(box.alternative or box.wanted) for box in question.lacking()] if question else [],
        "shows_cost": any(row.load.cost is not None for row in rows),
        "shows_visits": any(row.load.visits is not None for row in rows),
        "charts": charts(rows),
    }
    return render(request, "trials/protocol_designs.html", context, status=422 if form.errors else 200)


def _use(request: SignedInRequest, uid: str) -> HttpResponse:
    """Write a design of the comparison into the draft, with equal numbers a sequence."""
    protocol = changeable(request, uid)
    form = UseForm(request.POST)

    if not form.is_valid():
        messages.error(request, " ".join(str(message) for errors in form.errors.values() for message in errors))
        return redirect("protocol_designs", protocol.uid)
    protocol.sequences, protocol.allocation = form.cleaned_data["use"], ""
    protocol.save(update_fields=["sequences", "allocation", "updated_at"])

    messages.success(request, _("%(uid)s now has the sequences %(sequences)s.") % {"uid": protocol.uid, "sequences": protocol.sequences})
    return redirect("protocol_edit", protocol.uid)


def _is_comparable(protocol: Protocol, question: PlannedQuestion) -> bool:
    """Whether the question is asked of sequences, and the engine takes those that are stored."""
    return question.uses_sequences() and bool(protocol.sequences) and not planning.problems(protocol, question)


def design_rows(protocol: Protocol, question: PlannedQuestion, typed: list[tuple[str, ...]]) -> list[DesignRow]:
    """The draft's own design, the common ones for its treatments, those typed and parallel groups; fewest people first."""
    own = design_of(protocol)
    texts = dict.fromkeys(["/".join(own.sequences), *(one.text for one in common_for(own.letters)), *("/".join(one) for one in typed)])
    names = {one.text: str(one.name) for one in common_for(own.letters)}
    designs = {text: Design(sequences=tuple(text.split("/"))) for text in texts}
    designs["/".join(own.sequences)] = Design(sequences=own.sequences, allocation=own.allocation)
    parallel = "/".join(own.letters)
    designs.setdefault(parallel, Design(sequences=own.letters))
    names[parallel] = _("Parallel groups")

    rows = []
    for needs in planning.compared(protocol, question, designs):
        design = designs[needs.name]
        fact = own.model_copy(update={"sequences": design.sequences, "allocation": tuple(design.unit)})
        rows.append(
            DesignRow(
                name=names.get(needs.name, ""),
                text=needs.name,
                needs=needs,
                worth=properties(design) if design.n_periods > 1 else None,
                load=load_of(fact, needs.n_randomised),
                is_current=sorted(design.sequences) == sorted(own.sequences) and design.n_periods > 1,
            )
        )
    return rows


def charts(rows: list[DesignRow]) -> list[dict[str, str]]:
    """People and person-weeks of each design that can answer, as bars."""
    people = [(row, float(row.needs.n_randomised)) for row in rows if row.needs.n_randomised is not None]
    weeks = [(row, row.load.person_weeks) for row in rows if row.load.person_weeks is not None]
    found = []
    for name, title, values in (("people", _("Randomised participants"), people), ("weeks", _("Person-weeks"), weeks)):
        if values:
            chart = BarChart(
                title,
                tuple(Bar(_label(row), value, count(round(value)).text, marked=row.is_current) for row, value in values),
                _("the draft’s own"),
            )
            wide, narrow = (our_svg(bars.draw(chart, size=size, prefix=f"designs-{name}")) for size in SIZES)
            found.append({"title": title, "wide": wide, "narrow": narrow})
    return found


def _label(row: DesignRow) -> str:
    """A design in a few words: its sequences where they are short."""
    return row.text if len(row.text) <= 19 or not row.name else row.name
