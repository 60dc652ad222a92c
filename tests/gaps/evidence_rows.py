"""Studies as the register holds them, with what two of them found."""

from __future__ import annotations

from dataclasses import dataclass

from gaps import derivations
from gaps.models import Citation, Estimate, Evidence, Gap, Passage, Registration, Source, Study, Term

INNOVA_SE = {"formula": "se_from_p_value", "inputs": {"difference": 0.49, "p_value": 0.236, "df": 96}}
FINAL_SE = {"formula": "se_from_interval", "inputs": {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}}
FINAL_SD = {"formula": "sd_from_group_se", "inputs": {"standard_error": FINAL_SE, "n_1": 49, "n_2": 50}}


@dataclass
class Rows:
    """FINAL 2024 and INNOVA against placebo, Younger 2013 before the article, and a trial under way."""

    pain: Term
    women: Term
    final: Study
    innova: Study
    younger: Study
    planned: Study
    final_pain: Estimate
    innova_pain: Estimate
    younger_pain: Estimate
    final_sd: Estimate


def difference(study: Study, outcome: Term, value: float, **fields: object) -> Estimate:
    """A difference of mean pain against placebo on 0–10, after 12 weeks."""
    values = {"slug": "pain", "label": "Change in mean pain, LDN − placebo", "measure": "mean_difference", "unit": "points", **fields}
    return Estimate.objects.create(
        study=study, outcome_domain=outcome, value=value, **{"scale_min": 0, "scale_max": 10, "timepoint_days": 84, **values}
    )


def make_rows() -> Rows:
    pain = Term.objects.create(
        scheme="outcome", slug="test-pain", label="Mean pain", unit="points", scale_min=0, scale_max=10, better="lower"
    )
    women = Term.objects.create(scheme="population", slug="test-women", label="Women with pain", position=90)
    final = Study.objects.create(
        slug="test-final",
        label="FINAL 2024",
        title="Naltrexone 6 mg once daily",
        design="parallel",
        year=2024,
        population="Women with fibromyalgia",
        population_group=women,
        regimen="Naltrexone 6 mg a day against placebo, double-blind",
        dose_low_mg=6,
        dose_high_mg=6,
        n_randomised=99,
        n_analysed=99,
        treatment_days=84,
        unverified="The assumptions behind its sample size.",
    )
    innova = Study.objects.create(slug="test-innova", label="INNOVA", design="parallel", n_randomised=98, dose_low_mg=4.5, dose_high_mg=4.5)
    younger = Study.objects.create(
        slug="test-younger", label="Younger 2013", design="crossover", year=2013, n_randomised=31, dose_low_mg=3, dose_high_mg=4.5
    )
    planned = Study.objects.create(
        slug="test-planned",
        label="Dose finding",
        design="parallel",
        status="planned",
        start_date="2026-04-01",
        completion_date="2028-04-01",
        n_randomised=75,
        dose_low_mg=1.5,
        dose_high_mg=6,
    )
    Registration.objects.create(study=final, identifier="NCT09990001", checked_date="2026-01-02")
    final.sources.add(
        Source.objects.create(
            slug="test-due-bruun", authors="Due Bruun, K.", year=2024, title="A trial", doi="10.9999/s2665-9913(23)00278-3"
        )
    )
    return Rows(
        pain,
        women,
        final,
        innova,
        younger,
        planned,
        final_pain=difference(
            final,
            pain,
            -0.34,
            ci_low=-0.95,
            ci_high=0.27,
            ci_level=0.95,
            p_value=0.27,
            n=99,
            standard_error=derivations.work_out(FINAL_SE),
            derivation={"standard_error": FINAL_SE},
            stands_for_study=True,
            locator="abstract",
        ),
        innova_pain=difference(
            innova,
            pain,
            0.49,
            p_value=0.236,
            n=98,
            standard_error=derivations.work_out(INNOVA_SE),
            derivation={"standard_error": INNOVA_SE},
        ),
        younger_pain=difference(younger, pain, -1.1, scale_min=None, scale_max=None),
        final_sd=Estimate.objects.create(
            study=final,
            slug="sd",
            label="SD of the change",
            measure="change_sd",
            comparison="none",
            unit="points",
            value=derivations.work_out(FINAL_SD),
            basis="derived",
            derivation={"value": FINAL_SD},
        ),
    )


def link(gap: Gap, study: Study, role: str, estimate: Estimate | None = None, note: str = "") -> Evidence:
    return Evidence.objects.create(gap=gap, study=study, estimate=estimate, role=role, note=note)


def cite(gap: Gap, year: int) -> Source:
    """Let the source that raises a gap cite something of this year."""
    passage: Passage = gap.passages.all()[0]
    cited = Source.objects.create(slug=f"cited-{year}", title=f"Something of {year}", year=year)
    Citation.objects.create(citing=passage.source, cited=cited, number=1)
    return cited
