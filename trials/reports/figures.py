"""From the engine's numbers to the data that a chart draws; shared by pages and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ldnplanner.common.charts.power_curve import Curve, PowerCurve
from ldnplanner.common.charts.trial_figure import SequenceRow, TrialFigure
from trials.reports.symbols import quantity_label, quantity_value

LONGEST_IN_KEY = 14  # a longer name stands once above the curves


def trial_data(
    *,
    sequences: Sequence[str],
    n_per_sequence: Sequence[float] | None,
    labels: Mapping[str, str],
    period_days: int,
    washout_days: int,
    run_in_days: int,
    titration_days: int | None = None,
    readout_days: int | None = None,
    follow_up_days: int | None = None,
    visits: Sequence[int] = (),
) -> TrialFigure:
    """The sequence × period figure; lengths in days, `n_per_sequence` randomised people where they are known, `visits` by their days."""
    most = period_days - (readout_days or 0)  # of a titration that a row of the database makes longer than its period
    counts = [None] * len(sequences) if n_per_sequence is None else [int(n) for n in n_per_sequence]
    return TrialFigure(
        sequences=tuple(SequenceRow(letters, count) for letters, count in zip(sequences, counts, strict=True)),
        treatments=dict(labels),
        run_in_days=run_in_days,
        period_days=period_days,
        washout_days=washout_days,
        titration_days=min(titration_days or 0, most),
        readout_days=readout_days or 0,
        follow_up_days=follow_up_days or 0,
        visits=tuple(visits),
    )


def short_name(assumption: str) -> str:
    """What the key of a curve calls an assumption: SD, CV, or its name in words."""
    for ending in ("_sd", "_cv"):
        if assumption.endswith(ending):
            return ending[1:].upper()
    return quantity_label(assumption)


def _curve_label(assumption: str, value: float) -> str:
    name = short_name(assumption)
    shown = quantity_value(assumption, float(f"{value:.4g}")).text.removesuffix(".0")
    return f"{name}\N{NO-BREAK SPACE}{shown}" if len(name) <= LONGEST_IN_KEY else shown


def varied_in_curves(exploration: Mapping[str, Any]) -> str:
    """The assumption that sets the curves apart, where its name is too long for their key."""
    stored = exploration.get("power_curve")
    name = short_name(stored["curves"][0]["assumption"]) if stored else ""
    return name if len(name) > LONGEST_IN_KEY else ""


def curve_data(exploration: Mapping[str, Any]) -> PowerCurve | None:
    """Power against evaluable participants, for the planned assumption and one on each side, as the exploration holds it."""
    stored = exploration.get("power_curve")
    if not stored:
        return None
    return PowerCurve(
        n_evaluable=tuple(stored["n_evaluable"]),
        curves=tuple(
            Curve(_curve_label(curve["assumption"], curve["value"]), tuple(curve["power"]), curve["planned"]) for curve in stored["curves"]
        ),
        target_power=stored["target_power"],
        marked_n=stored["n_evaluable_planned"],
        x_label=_("evaluable participants"),
    )
