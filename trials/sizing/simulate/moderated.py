"""Trials in which the effect depends on what people bring with them: everybody has a moderator, as measured, and the interaction is fitted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trials.sizing.matrices import Matrix
from trials.sizing.moderators.traits import BinaryModerator, CategoricalModerator, ContinuousModerator
from trials.sizing.plan import Plan
from trials.sizing.question import Moderator
from trials.sizing.simulate.continuous import critical, with_question
from trials.sizing.simulate.interaction import Interaction, InteractionModel, People
from trials.sizing.simulate.linear import LinearModel
from trials.sizing.simulate.outcomes import Outcomes
from trials.sizing.simulate.setting import CannotSimulate, Setting, whole_people
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures


class Moderated:
    """People with their moderators and effects, and the planned test of the interaction."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan, self.known = setting, setting.plan, setting.known
        analysis = self.plan.analysis
        if setting.simulation.analysis == "mixed_model":
            raise CannotSimulate("simulation.analysis", 'Moderators are simulated with the planned analysis; use "planned".')
        self.letters = setting.plan.design.letters
        self.outcomes = Outcomes(setting, dict.fromkeys(self.letters, 0.0))
        planned = LinearModel(self.known, np.array([[self.question.weights.get(letter, 0.0) for letter in self.letters]]))
        self.told = self.moderator.told(self.known, self.question.weights)
        self.analysis = InteractionModel(planned, self.rows(), len(self.letters), mirrored=self.told.mirrored)
        if self.analysis.of_contrasts and setting.by_period:
            message = (
                f"With degrees_of_freedom {analysis.degrees_of_freedom} moderators are simulated with a dropout_rate, not with loss by period, because the subject "
                "contrasts of people who leave early are others."
            )
            raise CannotSimulate("attrition.lost_before_period", message)
        self.groups = None if self._random else [_split(counts) for counts in self._sizes()]

    @property
    def question(self) -> Moderator:
        question = self.plan.question
        if not isinstance(question, Moderator):
            raise TypeError(question.kind)
        return question

    @property
    def moderator(self) -> BinaryModerator | CategoricalModerator | ContinuousModerator:
        return self.question.moderator

    # who takes part

    @property
    def _random(self) -> bool:
        """Whether chance decides how many people have which moderator."""
        return isinstance(self.moderator, ContinuousModerator) or getattr(self.moderator, "stratified", True) is False

    @property
    def _shares(self) -> list[float]:
        """Planned shares of people in the groups as measured."""
        moderator = self.moderator
        if isinstance(moderator, BinaryModerator):
            return [1.0 - moderator.observed_prevalence, moderator.observed_prevalence]
        if isinstance(moderator, CategoricalModerator):
            return [moderator.share(name) for name in moderator.shares]
        return [1.0]

    def _sizes(self) -> list[tuple[int, ...]]:
        """Whole people by sequence and group; what rounding takes from a group in one sequence it gives back in the next."""
        found: list[tuple[int, ...]] = []
        owed = np.zeros(len(self._shares))
        for people in self.setting.present:
            wanted = owed + np.array(self._shares) * people
            counts = whole_people(wanted.tolist()) if wanted.min() >= 0 else whole_people([share * people for share in self._shares])
            owed = owed + np.array(self._shares) * people - np.array(counts)
            found.append(counts)
        return found

    def _people(self, rng: np.random.Generator, s: int, shape: tuple[int, int]) -> People:
        moderator = self.moderator
        if isinstance(moderator, ContinuousModerator):
            measured, reliability = rng.standard_normal(shape), moderator.reliability
            hidden = np.sqrt(reliability * (1.0 - reliability)) * rng.standard_normal(shape) if reliability < 1.0 else 0.0
            effects = moderator.slope * moderator.moderator_sd * (reliability * measured + hidden)
            return People(np.stack([np.ones(shape), measured], axis=2), effects)
        if self.groups is not None:
            group = rng.permuted(np.tile(self.groups[s], (shape[0], 1)), axis=1)
        else:
            group = (rng.random(shape) < self._shares[1]).astype(np.int64)
        elements = np.stack([np.ones(shape), *((group == level).astype(float) for level in range(1, len(self._shares)))], axis=2)
        if isinstance(moderator, CategoricalModerator):
            return People(elements, np.array([moderator.effects[name] for name in moderator.shares])[group])
        has = group == 1
        if moderator.has_error:
            positive, negative = moderator.predictive_values
            has = rng.random(shape) < np.where(has, positive, 1.0 - negative)
        return People(elements, moderator.difference_in_effect * has)

    @property
    def _elements(self) -> int:
        return max(2, len(self._shares))

    def rows(self) -> Matrix:
        """What is tested, as weights of the elements of the moderator; shape (rows, elements)."""
        levels = np.eye(self._elements)
        levels[:, 0] = 0.0  # the first group is what the others are compared with
        if isinstance(self.moderator, CategoricalModerator):
            if self.moderator.compare is None:
                return levels[1:]
            first, second = (list(self.moderator.shares).index(name) for name in self.moderator.compare)
            return np.asarray((levels[first] - levels[second])[None, :])
        return levels[1:2]

    # trials

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        portions = []
        for made in self.outcomes.trials(rng, trials):
            people = [self._people(rng, s, one.measured.shape[:2]) for s, one in enumerate(made)]
            for one, they in zip(made, people, strict=True):
                for period, letter in enumerate(one.letters):
                    if letter == self.question.treatment:
                        one.measured[..., period] += they.effects
            portions.append(self.decide(self.analysis.fit(made, people)))
        return {name: np.concatenate([portion[name] for portion in portions]) for name in portions[0]}

    def decide(self, found: Interaction) -> Measures:
        from scipy import special

        alpha, sides = self.plan.analysis.alpha or 0.05, self.plan.analysis.sides or 2
        tested, df = found.tested, np.where(found.tested, found.degrees_of_freedom, np.nan)
        if self.moderator.has_direction:
            with np.errstate(invalid="ignore", divide="ignore"):
                t = found.estimate[:, 0] / np.sqrt(found.covariance[:, 0, 0])
            t = np.abs(t) if sides == 2 else t * (-1.0 if self.moderator.observed < 0 else 1.0)
            return {
                "shown": tested & (t > critical(alpha / sides, df)),
                "tested": tested,
                "estimate": np.where(tested, found.estimate[:, 0], np.nan) / getattr(self.moderator, "moderator_sd", 1.0),
            }
        k = found.estimate.shape[1]
        f = np.zeros(len(tested))
        estimate = found.estimate[tested]
        f[tested] = np.einsum("tk,tk->t", estimate, np.linalg.solve(found.covariance[tested], estimate[..., None])[..., 0]) / k
        limit = special.fdtri(k, np.where(tested, df, 1.0), 1.0 - alpha)
        return {"shown": tested & (f > limit), "tested": tested}

    # what the engine says

    def expected(self) -> tuple[Expected, ...]:
        found = [Expected("shown", self._power(), share=True)]
        if self.moderator.has_direction:
            per_unit = self.moderator.observed / getattr(self.moderator, "moderator_sd", 1.0)
            found.append(Expected("estimate", per_unit, judged=False))
        return tuple(found)

    def _power(self) -> float:
        """The engine's power for groups of whole people."""
        from trials.sizing.moderators.group_sizes import power_of_planned_groups

        n, moderator, analysis = self.setting.n_counted, self.moderator, self.plan.analysis
        if self.groups is None:
            return float(self.question.power(self.known, n))
        sizes = np.sum([np.array(counts) for counts in self._sizes()], axis=0)
        shares = [float(size) / float(sizes.sum()) for size in sizes]
        if isinstance(moderator, CategoricalModerator):
            whole = moderator.model_copy(update={"shares": dict(zip(moderator.shares, shares, strict=True))})
            return float(whole.power(self.known, self.question.weights, n))
        return float(
            power_of_planned_groups(
                self.told, abs(moderator.observed), (shares[1], shares[0]), n, analysis.alpha or 0.05, analysis.sides or 2
            )
        )

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        """The treatment has the same effect, none, in everybody."""
        question = plan.question
        if not isinstance(question, Moderator):
            raise TypeError(question.kind)
        moderator = question.moderator
        none: dict[str, Any] = {"difference_in_effect": 0.0} if isinstance(moderator, BinaryModerator) else {"slope": 0.0}
        if isinstance(moderator, CategoricalModerator):
            none = {"effects": dict.fromkeys(moderator.effects, 0.0)}
        return with_question(plan, question.model_copy(update={"moderator": moderator.model_copy(update=none)}))


def _split(counts: tuple[int, ...]) -> NDArray[np.int64]:
    """The group of each person."""
    return np.repeat(np.arange(len(counts)), counts)
