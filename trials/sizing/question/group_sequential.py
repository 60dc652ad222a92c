"""Group sequential tests: the data are looked at before the end, and the trial stops when the question is answered already."""

from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, ClassVar

from trials.sizing.analysis import Spending
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import in_words, plain
from trials.sizing.phrases import chance_in_words, counts_found, whole_people, with_model
from trials.sizing.question.base import Figures, Warnings
from trials.sizing.question.wrapped import Wrapped

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.laws.boundaries import Boundaries
    from trials.sizing.plan import Plan

SPENT = {"obrien_fleming": "O'Brien and Fleming's", "pocock": "Pocock's"}
# below so many people the difference between a normal and a t distribution is worth a remark
FEW_FOR_NORMAL = 100


class GroupSequential(Wrapped):
    """A one-sided or two-sided test at equally spaced looks, with boundaries by alpha spending and the variance taken as known.

    Notes
    -----
    Information at look k is n_k/v, n_k the people who have completed their sequence and v = n·Var(estimate). With drift δ = (difference −
    boundary)/√(v/n) the power is the chance that the statistic crosses at any look, so that n = v·(δ/(difference − boundary))² for
    the drift δ that has the target power. Lan & DeMets 1983; boundaries as lrstat and rpact find them.
    """

    looks: int
    spending: Spending

    estimates_variance: ClassVar[bool] = False
    critical_source: ClassVar[str] = "Lan & DeMets 1983"
    own_references: ClassVar[tuple[str, ...]] = (
        "Lan KKG, DeMets DL. Discrete sequential boundaries for clinical trials. Biometrika 1983.",
        "Armitage P, McPherson CK, Rowe BC. Repeated significance tests on accumulating data. 1969.",
    )

    # the numbers

    def boundaries(self, information: "Information") -> "Boundaries":
        from trials.sizing.laws.boundaries import boundaries

        analysis = information.analysis
        return boundaries(analysis.alpha or 0.025, self.looks, self.spending, analysis.sides or 1)

    def smallest_n(self, information: "Information") -> float:
        return max(self.question.smallest_n(information), float(self.looks * len(information.design.sequences)))

    def too_few(self, plan: "Plan", information: "Information", n: float) -> str | None:
        if self.looks == 1:
            return None
        least = self.smallest_n(information)
        return f"With {plain(n)} people there are not enough for {self.looks} looks, each with somebody new in every sequence; {plain(least)} people are the least."

    def power(self, information: "Information", n: Any) -> Any:
        se = (self.question.contrast(information).variance / n) ** 0.5
        return self.boundaries(information).power(self.question.distances(information.continuous)[0] / se)

    def power_with(self, plan: "Plan", distances: tuple[float, ...], standard_error: float) -> float:
        """Power at another distance and standard error."""
        from trials.sizing.laws.boundaries import boundaries

        bounds = boundaries(plan.analysis.alpha or 0.025, self.looks, self.spending, plan.analysis.sides or 1)
        return float(bounds.power(distances[0] / standard_error))

    def unrounded(self, information: "Information", target_power: float) -> float | None:
        """The largest n that the trial may need, in fractions of people; None where more people do not help."""
        drift = self.boundaries(information).drift_for(target_power)
        distance = self.question.distances(information.continuous)[0]
        if drift is None or distance == 0 or (information.analysis.sides == 1 and distance < 0):
            return None
        return float(self.question.contrast(information).variance * (drift / distance) ** 2)

    def guess(self, information: "Information", target_power: float | None) -> float:
        found = None if target_power is None else self.unrounded(information, target_power)
        return self.question.guess(information, target_power) if found is None else found

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        contrast, bounds = self.question.contrast(information), self.boundaries(information)
        return {
            "power": float(self.power(information, n)) if power is None else power,
            "variance_factor": contrast.variance / information.scale,
            "standard_error": sqrt(contrast.variance / n),
            "critical_values": tuple(bounds.critical_values.tolist()),
            "n_per_look": self.people_by_look(n, sum(information.design.unit)),
            **self.expected(information, n),
        }

    def expected(self, information: "Information", n: float) -> Figures:
        """The expected number of people when the assumption holds and when it is on the boundary that is tested."""
        bounds, se = self.boundaries(information), sqrt(self.question.contrast(information).variance / n)
        drift = self.question.distances(information.continuous)[0] / se
        return {
            "expected_n_alternative": n * bounds.expected_fraction(drift),
            "expected_n_null": n * bounds.expected_fraction(0.0),
        }

    def people_by_look(self, n: float, unit: int) -> tuple[int | float, ...]:
        """People who have completed their sequence at each look: equal steps, rounded up to whole allocation units where n is made of them."""
        step = unit if n % unit == 0 and n >= unit * self.looks else 1
        last = int(n) if n == int(n) else n
        return (*(min(ceil(n * k / self.looks / step - 1e-9) * step, last) for k in range(1, self.looks)), last)

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        found = self.unrounded(information, getattr(plan.solve, "target_power", None) or 0.0)
        return {} if found is None else {"n_unrounded": found, **self.expected(information, found)}

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        found: Warnings = []
        if self.looks > 1 and plan.design.n_periods > 1:
            message = (
                "A look counts people who have completed all periods. When it stops the trial, those who are between their periods have been recruited "
                "already and are over-run: the expected numbers leave them out, and the plan has to say what becomes of their data."
            )
            found.append(("over_run", message))
        if n_evaluable is not None and n_evaluable < FEW_FOR_NORMAL:
            from trials.sizing.laws.boundaries import boundaries

            bounds = boundaries(plan.analysis.alpha or 0.025, self.looks, self.spending, plan.analysis.sides or 1)
            more = ceil(float(bounds.critical_values[-1]) ** 2 / 2.0 / max(1.0, plan.design.n_periods - 1.0))
            message = (
                f"The boundaries take the SD as known. With {plain(n_evaluable)} people it is estimated, which costs about as much as {more} "
                f"{'person' if more == 1 else 'people'}; analyse with the same spending of alpha in the scale of p-values from Student's t."
            )
            found.append(("known_variance", message))
        return found

    # the sentences

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        said = counts_found(plan, answer)
        if self.looks == 1 or answer.n_per_look is None:
            return said
        after = in_words(whole_people(n) for n in answer.n_per_look)
        return (
            f"{said} The data are looked at {self.looks} times, when {after} participants have completed all periods, and the trial stops when a "
            f"boundary is crossed. On average {whole_people(answer.expected_n_alternative)} are needed when the assumption holds and "
            f"{whole_people(answer.expected_n_null)} when there is nothing to be shown."
        )

    def tested(self, plan: "Plan") -> str:
        said = f"The comparison is {self.question.test_named(plan).replace(' t test', ' test')} with the SD taken as known"
        if self.looks > 1:
            said += f", its alpha spent over {self.looks} equally spaced looks by {SPENT[self.spending]} function after Lan and DeMets"
        return with_model(said, plan)

    def method(self, plan: "Plan") -> str:
        sides = "Two" if plan.analysis.sides == 2 else "One"
        test = f"{sides}-sided test at alpha {number(plan.analysis.alpha or 0.025)} with the SD taken as known"
        if self.looks == 1:
            return test
        return f"{test}, at {self.looks} equally spaced looks with {SPENT[self.spending]} spending function; boundaries and power by recursive numerical integration"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        shown = f"{self.question.if_true(plan, names)}, the chance that the trial will show it is {chance_in_words(answer.power)}."
        if self.looks == 1:
            return shown
        return f"The results are looked at {self.looks} times; if they are clear enough earlier, the trial stops before everybody has taken part. {shown}"

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        drift = self.question.distances(plan.continuous)[0] / (answer.standard_error or 1.0)
        return (
            f"Power: drift (difference − boundary) ÷ standard error {plain(drift)}; the chance to cross a boundary is {percent(answer.power or 0.0, 2)}.",
            "recursive integration of the density between the looks; Armitage, McPherson & Rowe 1969",
        )

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        values = in_words(plain(round(value, 5)) for value in answer.critical_values or ())
        alpha = (plan.analysis.alpha or 0.025) / (plan.analysis.sides or 1)
        function = "2 − 2Φ(z(1 − α/2)/√t)" if self.spending == "obrien_fleming" else "α·ln(1 + (e − 1)t)"
        spending = f" with alpha {plain(alpha)} a side spent as {function}" if self.looks > 1 else ""
        found = [(f"Critical values of the standardised difference{spending}: {values}.", self.critical_source)]
        if answer.n_unrounded is not None:
            found.append(
                (
                    (
                        f"Largest n before rounding: n·Var(estimate)·(drift ÷ (difference − boundary))² = {plain(round(answer.n_unrounded, 4))}; "
                        f"{plain(round(answer.expected_n_alternative or 0.0, 4))} people on average when the assumption holds."
                    ),
                    "as lrstat and rpact",
                )
            )
        return found
