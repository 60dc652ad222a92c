"""A protocol that says everything: realistic, for tests; no people are named, and nothing is claimed of a real trial."""

from decimal import Decimal
from typing import Any

from trials.protocol.content import Content, DesignFact, InputFact, QuestionFact, SizingFact
from trials.protocol.facts import GapFact, OutcomeFact, TreatmentFact

PLAN: dict[str, Any] = {
    "design": {"text": "AB/BA"},
    "outcome": {"kind": "continuous", "scale": "additive", "within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}},
    "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -1.0, "better": "lower"},
    "analysis": {"sides": 2, "alpha": 0.05},
    "attrition": {"dropout_rate": 0.2},
    "solve": {"for": "n", "target_power": 0.9},
}
CONVERSION: dict[str, Any] = {
    "field": "outcome.within_subject_sd",
    "from": "difference_sd",
    "inputs": {"difference_sd": 2.0, "individual_response_sd": 0.0},
    "formula": "within_subject_sd = √((difference_sd² − individual_response_sd²) / 2)",
    "value": 1.4142135623730951,
    "note": "Data of an AB/BA trial cannot tell the residual SD from individual responses; the difference contains both.",
}
ANSWER: dict[str, Any] = {
    "n_evaluable": 46,
    "n_randomised": 58,
    "n_per_sequence": [23, 23],
    "n_randomised_per_sequence": [29, 29],
    "power": 0.9124983602972396,
    "power_one_step_below": 0.8997137452263947,
    "variance_factor": 1.9999999999999991,
    "standard_error": 0.2948839123097942,
    "degrees_of_freedom": 44.0,
    "critical_value": 2.0153675744437636,
    "method": (
        "Two-sided t test at alpha 0.05; exact power by the noncentral t distribution. Estimate by least squares within subjects; "
        "degrees of freedom of the residual in the analysis of variance."
    ),
    "references": [
        "Senn S. Cross-over Trials in Clinical Research. 2002.",
        "Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",
    ],
    "warnings": [
        {
            "code": "carryover_not_separable",
            "message": "Sequences AB and BA cannot separate carry-over from the treatment effect, so the washout has to rule it out; do not test for it first.",
        }
    ],
    "conversions": [CONVERSION],
    "plan": {
        "design": {"sequences": ["AB", "BA"], "allocation": [1, 1]},
        "outcome": {
            "kind": "continuous",
            "scale": "additive",
            "within_subject_sd": 1.4142135623730951,
            "individual_response_sd": 0.0,
            "autocorrelation": 0.0,
        },
        "question": {"treatment": "A", "comparator": "B", "mean_difference": -1.0, "better": "lower", "kind": "superiority"},
        "analysis": {
            "alpha": 0.05,
            "sides": 2,
            "adjust_for_carryover": False,
            "sequence_effects": True,
            "estimator": "within_subject",
            "degrees_of_freedom": "anova",
        },
        "attrition": {"dropout_rate": 0.2},
        "solve": {"for": "n", "target_power": 0.9, "max_n": 100000},
        "conversions": [CONVERSION],
    },
    "engine_version": "1.0",
}
STATEMENT = (
    "With the crossover design AB/BA, 46 evaluable participants give 91.2 % power (target 90 %). This assumes a mean difference of −1 point "
    "in mean daily pain over the last 7 days of each period (0–10 numerical rating scale) (naltrexone 4.5\N{NO-BREAK SPACE}mg once a day compared with "
    "placebo once a day; lower is better) and an SD of the within-person difference of 2 points (within-subject SD 1.414). The comparison is "
    "a two-sided t test for superiority at a significance level of 0.05, from a model with sequence, subject, period and treatment effects. "
    "To allow for 20 % of participants not completing all periods, 58 are randomised, 29 to each of the sequences AB and BA."
)
PLAIN_STATEMENT = (
    "The trial starts with 58 people. Each person takes naltrexone 4.5\N{NO-BREAK SPACE}mg once a day and placebo once a day, one after the other, in an "
    "order decided by chance. About 20 % may leave before the end, so that about 46 complete it. If naltrexone 4.5\N{NO-BREAK SPACE}mg once a day truly "
    "gives a value 1 point lower than placebo once a day on average, the chance that the trial will show it is about 91 in 100."
)

SECTIONS: dict[str, dict[str, Any]] = {
    "estimand": {
        "background": "Small crossover trials of low-dose naltrexone report less pain, with vivid dreams and headache as the commonest harms; the average benefit is open.",
        "comparator_rationale": "Placebo in each person, because expectation alone lowers pain.",
        "primary_objective": "To estimate the effect of naltrexone 4.5 mg against placebo on mean daily pain.",
        "secondary_objectives": ["To estimate the effect on fatigue and sleep.", "To compare harms between naltrexone and placebo."],
        "treatment_condition": "Naltrexone 4.5 mg or placebo for six weeks at a steady state, beside stable background treatment; rescue as needed.",
        "population_attribute": "all_randomised",
        "variable_attribute": "value",
        "intercurrent_events": [
            {"event": "stops_in_period_1", "strategy": "treatment_policy", "rule": "The diary goes on."},
            {"event": "stops_in_period_2", "strategy": "treatment_policy", "rule": "The diary goes on."},
            {"event": "never_starts_period_2", "strategy": "hypothetical", "rule": "Period 1 counts; period 2 is missing at random."},
            {"event": "rescue", "strategy": "treatment_policy", "rule": "Readings count."},
            {"event": "residual_drug", "strategy": "treatment_policy", "rule": "Ruled out by the washout."},
            {"event": "unblinding_by_effect", "strategy": "treatment_policy", "rule": "Readings count."},
            {"event": "opioid_start", "strategy": "while_on_treatment", "rule": "Readings up to the first dose."},
        ],
        "summary_measure": "mean_within_person_difference",
        "estimand_rationale": "It tells a person and a clinician what to expect of offering the drug.",
    },
    "population": {
        "condition": "fibromyalgia",
        "population_rationale": "Women with fibromyalgia, because the open question is about them.",
        "setting": "Two outpatient pain clinics of one country; calls in between.",
        "age_min": 18,
        "age_max": 75,
        "sex": "female",
        "healthy_volunteers": "no",
        "stable_condition": "Pain of 4 or more on most days for six months, with weekly means in the run-in that differ by less than 2 points.",
        "able_to_wash_out": "Background treatment unchanged for eight weeks; two weeks without study drug are bearable and safe.",
        "inclusion": ["Fibromyalgia by the 2016 criteria.", "Mean pain of 4 or more in the run-in."],
        "exclusion": ["Use of opioids within 14 days or a planned operation that needs them.", "Severe liver disease.", "Pregnancy."],
        "site_eligibility": "A pain clinic with a prescriber and a nurse who are trained in the protocol.",
        "recruitment": "By clinics and patient organisations; each clinic screens ten people a month.",
        "consent": "A clinician asks, and explains the switch of treatments, and that the washout has no study drug.",
        "extra_consent": "A separate consent covers later use of coded data; no samples are kept.",
    },
    "interventions": {
        "formulation": "Capsules of 1.5, 3 and 4.5 mg and placebo capsules, made by one compounding pharmacy, stored at room temperature.",
        "dose_rationale": "The dose of the crossover trials so far; higher doses block the receptor for longer.",
        "administration": "One capsule by mouth each evening, the same in each period, dispensed by the trial pharmacy.",
        "titration": [
            {"from_day": 0, "to_day": 6, "dose": "1.5 mg or placebo"},
            {"from_day": 7, "to_day": 13, "dose": "3 mg or placebo"},
            {"from_day": 14, "to_day": 41, "dose": "4.5 mg or placebo"},
        ],
        "switch": "The drug is stopped without a taper on the last day of the period; the washout begins the next day.",
        "stopping_rules": "Liver enzymes above three times the upper limit, pregnancy, the start of an opioid, or the wish of the person.",
        "going_on": "The next period starts after the washout when no harm of period 1 is still under way; the site's clinician decides.",
        "adherence": "Capsules are counted at the end of each period, and a weekly message reminds people.",
        "rescue": "Paracetamol up to 3 g a day, recorded in the diary; allowed in the read-out window and recorded there.",
        "opioids": "Excluded by history and urine test; stopped for 14 days before the first dose. If one is needed, the study drug is stopped 48 hours before.",
        "concomitant": "Background treatment stays unchanged through periods and washout; new analgesics are barred.",
        "post_trial_care": "Care for harm is insured by the sponsor. The drug of the better period is not provided; a letter lets the clinician prescribe it.",
    },
    "design": {
        "crossover_rationale": "Pain of fibromyalgia is stable over months, and the effect comes and goes within weeks; nobody is cured. A parallel-group trial would need 172 evaluable participants.",
        "washout_rationale": "14 days are over 18 half-lives of the active metabolite, and longer than the effect is thought to persist.",
        "duration_rationale": "Two weeks of titration and four at the full dose, of which the last is read.",
        "strata": [{"factor": "pain at the run-in", "levels": "below 6, 6 or above"}],
        "sequence_generation": "A statistician outside the trial makes the list by computer in permuted blocks of random size.",
        "concealment": "Numbered kits that a central system releases after enrolment.",
        "who_assigns": "Site staff enrol; the central system assigns the sequence; nobody at the sites can see the list.",
        "trial_end": "The last follow-up call of the last participant.",
        "trial_stopping": "The trial is stopped if the monitoring committee finds harm that outweighs any benefit.",
    },
    "schedule": {
        "contacts": [
            {"occasion": "screening", "mode": "clinic", "window_days": 0},
            {"occasion": "randomisation", "mode": "clinic", "window_days": 0},
            {"occasion": "period_start", "mode": "clinic", "window_days": 2},
            {"occasion": "period_middle", "mode": "call", "window_days": 3},
            {"occasion": "period_end", "mode": "clinic", "window_days": 2},
            {"occasion": "washout", "mode": "call", "window_days": 2},
            {"occasion": "follow_up", "mode": "call", "window_days": 3},
        ],
        "activities": [
            {"activity": "Consent and eligibility", "occasions": ["screening"]},
            {"activity": "Randomisation", "occasions": ["randomisation"]},
            {"activity": "Harms", "occasions": ["period_middle", "period_end", "washout", "follow_up"]},
            {"activity": "Capsule count", "occasions": ["period_end"]},
        ],
        "schedule_notes": "The pain diary is kept each evening from screening to the end of period 2.",
    },
    "outcomes": {
        "readout": "The mean of the seven daily readings of the window, with at least four of them.",
        "period_baseline": "Measured over the three days before each period, and used in a sensitivity analysis only.",
        "secondary_outcomes": [
            {"outcome": "fatigue", "instrument": "0–10 numerical rating scale, points", "time_point": "last 7 days of each period"},
            {"outcome": "sleep", "instrument": "0–10 numerical rating scale, points", "time_point": "last 7 days of each period"},
        ],
        "instruments": "An electronic diary with the same 0–10 scale in each period; the scale is validated for chronic pain.",
        "data_management": "Entry by participants and sites into one system with range checks; coded, backed up daily and kept for ten years.",
    },
    "analysis": {
        "model": "fixed_participants",
        "model_description": "Least squares with participant, period and treatment; the sizing assumes the same model.",
        "period_effect": "The period is a term of the model; the sequence is absorbed by the participants.",
        "carryover": "None is assumed after the washout, and it is not tested for first. If half the effect carried over, the estimate would be biased towards zero.",
        "analysis_sets": "Everybody randomised, in the sequence assigned; people with one period are left out of the primary analysis and kept in a sensitivity analysis.",
        "sensitivity": "A mixed model with people of one period; period 1 only; period baselines as covariates.",
        "supplementary": "Harms are compared within people by exact tests; responders and subgroups are described.",
        "multiplicity": "One primary test; secondary outcomes are described with intervals and without a test.",
        "interim": "No look at the outcome is planned before the last read-out.",
        "software": "Python with statsmodels",
    },
    "missing_data": {
        "one_period_rule": "kept_sensitivity",
        "missing_data": "Readings are taken to be missing at random; reference-based imputation shows how much hangs on that.",
        "data_handling": "Data after stopping treatment are used; data after the first dose of an opioid are not.",
        "retention": "Data of period 1 are kept, and people who stop are still invited to period 2.",
    },
    "harms": {
        "definition": "Any unwanted event after the first dose, whether or not it is thought to come from the drug.",
        "ascertainment": "An open question, then a list of known harms, in the same way in each period.",
        "attribution": "To the treatment of the period from its first dose to the first dose of the next period; the washout belongs to the period before.",
        "late_events": "Events after the switch are also shown by days since the last dose of naltrexone, up to the last call.",
        "reporting": "Serious events go to the sponsor within 24 hours, and from there to the ethics committee.",
        "monitoring_committee": "A statistician and two clinicians outside the trial look at harms twice a year under a charter.",
    },
    "blinding": {
        "who_blinded": ["participant", "care_provider", "investigator", "outcomes_assessor", "analyst"],
        "how_blinded": "Identical opaque capsules with the same bitter coating; placebo goes through the same titration.",
        "unblinding_by_effect": "At the end of each period people are asked which treatment they believe they had, and why.",
        "unblinding": "By the central system in an emergency; as it reveals period 2 as well, that person's later readings are flagged.",
    },
    "administrative": {
        "acronym": "LDN-X",
        "brief_title": "Low-dose naltrexone for the pain of fibromyalgia",
        "brief_summary": "Everybody takes naltrexone in one period and placebo in the other, in an order decided by chance, with two weeks between.",
        "phase": "2",
        "primary_purpose": "treatment",
        "authors": ["Chief investigator, university pain clinic: design and conduct", "Trial statistician, the sponsor's clinical trials unit: size and analysis"],
        "sponsor": "The sponsor's university hospital",
        "sponsor_contact": "clinical trials unit, trials@sponsor.example",
        "sponsor_role": "The sponsor funds and insures the trial and has no say in analysis or publication.",
        "committees": "A steering group of the chief investigator, the statistician and two patient partners meets every three months.",
        "registry": "ISRCTN registry, before the first participant",
        "documents_access": "Protocol and statistical analysis plan stand on the registry's page.",
        "data_sharing": "Coded data, the data dictionary and the code of the analysis are shared in a public repository a year after the end.",
        "funding": "A public grant; the drug is supplied by a compounding pharmacy at cost.",
        "interests": "The leads and the steering group declare no interest in a maker of naltrexone.",
        "dissemination": "A letter to participants, a paper in a journal with open access, and a plain summary for the public.",
        "patient_involvement": "Two patient partners helped to choose outcome and lengths, and judged the burden of a washout as bearable.",
        "trial_monitoring": "A monitor of the clinical trials unit visits each site twice and checks consent and the primary outcome.",
        "ethics": "To be asked of the sponsor's research ethics committee before the start.",
        "amendments": "Amendments go to the ethics committee, the sites, the registry and, where it concerns them, participants.",
        "confidentiality": "Names are kept apart from data at the sites; the coding list never leaves them.",
        "start_date": "2027-03-01",
        "primary_completion_date": "2028-06-30",
        "completion_date": "2028-09-30",
    },
}  # fmt: skip


def _input(name: str, label: str, value: float, text: str, unit: str, basis: Any, note: str) -> InputFact:
    return InputFact(
        name=name,
        label=label,
        value=value,
        text=text,
        unit=unit,
        basis=basis,
        note=note,
        decided_by="statistician",
        decided_at="2026-11-20T09:00:00+00:00",
    )


def full_content() -> Content:
    """Everything that a protocol can say, with a current sizing that the engine gave for its plan."""
    return Content(
        uid="PRO-0001",
        title="Low-dose naltrexone 4.5 mg against placebo in women with fibromyalgia: protocol of a randomised crossover trial",
        registration="",
        owner="researcher",
        gaps=(
            GapFact(
                uid="GAP-0017",
                title="Any average benefit at all?",
                question="Does LDN lower the average pain of women with fibromyalgia more than placebo does?",
                population="Women with fibromyalgia",
            ),
        ),
        treatments=(
            TreatmentFact(
                letter="A",
                drug="naltrexone",
                dose_mg=Decimal("4.5000"),
                frequency="once a day",
                label="naltrexone 4.5\N{NO-BREAK SPACE}mg once a day",
            ),
            TreatmentFact(letter="B", drug="placebo", dose_mg=None, frequency="once a day", label="placebo once a day"),
        ),
        design=DesignFact(
            sequences=("AB", "BA"),
            allocation=(1, 1),
            run_in_days=14,
            titration_days=14,
            period_days=42,
            washout_days=14,
            readout_days=7,
            follow_up_days=28,
            effect_persistence_days=10,
            sites=2,
            recruitment_per_month=5.0,
            visits_per_period=3,
            cost_per_participant=900.0,
            cost_per_visit=120.0,
            currency="EUR",
        ),
        question=QuestionFact(
            kind="superiority",
            kind_label="Superiority: is one better than the other?",
            outcome_kind="additive",
            treatment="A",
            comparator="B",
            outcome=OutcomeFact(
                outcome="mean daily pain over the last 7 days of each period",
                instrument="0–10 numerical rating scale",
                unit="points",
                better="lower",
            ),
            scale_low=0.0,
            scale_high=10.0,
            uses_sequences=True,
            ledger=(
                _input(
                    "mean_difference",
                    "mean difference",
                    -1.0,
                    "−1 points",
                    "points",
                    "reported",
                    "Salaffi 2004, 825 people: −1 point on 0–10 is “slightly better” within a person, which we take as the smallest important difference. "
                    "doi:10.1016/j.ejpain.2003.09.004",
                ),
                _input(
                    "difference_sd",
                    "SD of the within-person difference",
                    2.0,
                    "2 points",
                    "points",
                    "assumed",
                    "From an SD of one measurement of 2.0 points and a correlation of 0.5 between periods: 2.0 × √(2 × (1 − 0.5)) = 2.0 points.",
                ),
                _input(
                    "dropout_rate",
                    "loss",
                    0.2,
                    "20\N{NO-BREAK SPACE}%",
                    "",
                    "derived",
                    "28 of 140 people in three crossover trials of LDN: Younger 2013 (2 of 31), Beaudette-Zlatanova 2023 (6 of 29), Cree 2010 (20 of 80).",
                ),
            ),
        ),
        sizing=SizingFact(
            uid="SIZ-0001",
            label="",
            plan_digest="5deff666979b6132f27c5bc9f566ed0a3228c5d15bb54a4a2d4059269720a4a0",
            engine_version="1.0",
            created_at="2026-11-20T10:00:00+00:00",
            n_evaluable=46,
            n_randomised=58,
            n_randomised_per_sequence=(29, 29),
            power=0.9124983602972396,
            statement=STATEMENT,
            plain_statement=PLAIN_STATEMENT,
            hypothesis="Null hypothesis: the mean difference A − B is 0 points. Alternative: it is not 0 points. Two-sided test at alpha 0.05.",
            method=ANSWER["method"],
            is_current=True,
            plan=PLAN,
            answer=ANSWER,
        ),
        sections=SECTIONS,
        not_applicable=(),
        seal="",
    )


def empty_content() -> Content:
    """A protocol that says nothing yet."""
    return Content(
        uid="PRO-0002",
        title="",
        registration="",
        owner="researcher",
        gaps=(),
        treatments=(),
        design=DesignFact(
            sequences=(),
            allocation=(),
            run_in_days=None,
            titration_days=None,
            period_days=None,
            washout_days=None,
            readout_days=None,
            follow_up_days=None,
            effect_persistence_days=None,
            sites=None,
            recruitment_per_month=None,
            visits_per_period=None,
            cost_per_participant=None,
            cost_per_visit=None,
            currency="",
        ),
        question=None,
        sizing=None,
        sections={},
        not_applicable=(),
    )
