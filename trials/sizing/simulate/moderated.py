"""Trials in which the effect depends on what people bring with them: everybody has a moderator, as measured, and the interaction is fitted.

Notes
-----
A person with the moderator m, a vector such as (1, has it), adds m·m' ⊗ X'WX to the information and m ⊗ X'Wy to the score: every term of the model once for each
of its elements. So a trial needs a few sums by sequence and number of periods observed, whatever the moderator is.
"""

from collections.abc import Sequence as Many
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trials.sizing.matrices import RANK_TOLERANCE, Matrix
from trials.sizing.moderator import BinaryModerator, CategoricalModerator, ContinuousModerator
from trials.sizing.plan import Plan
from trials.sizing.question import Moderator
from trials.sizing.simulate.continuous import critical, with_question
from trials.sizing.simulate.linear import LinearModel
from trials.sizing.simulate.outcomes import Outcomes, Sequence
from trials.sizing.simulate.setting import CannotSimulate, Setting, whole_people
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures

ROUNDING = 1e-8


class People(NamedTuple):
    """Those of one sequence in many trials: their moderators, shape (trials, people, elements), and their own effects (trials, people)."""

    moderators: Matrix
    effects: Matrix


class Interaction(NamedTuple):
    """Estimates of the interaction, shape (trials, rows), their covariance and degrees of freedom; `tested` where there is a test."""

    estimate: Matrix
    covariance: Matrix
    degrees_of_freedom: Matrix
    tested: NDArray[np.bool_]


class Moderated:
    """People with their moderators and effects, and the planned test of the interaction."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan, self.known = setting, setting.plan, setting.known
        analysis = self.plan.analysis
        if setting.simulation.analysis == "mixed_model":
            raise CannotSimulate("simulation.analysis", 'Moderators are simulated with the planned analysis; use "planned".')
        self.letters = setting.plan.design.letters
        self.outcomes = Outcomes(setting, dict.fromkeys(self.letters, 0.0))
        self.planned = LinearModel(self.known, np.array([[self.question.weights.get(letter, 0.0) for letter in self.letters]]))
        self.of_contrasts = self.planned.kind in {"satterthwaite", "robust"}
        if self.of_contrasts and setting.by_period:
            message = (
                f"With degrees_of_freedom {analysis.degrees_of_freedom} moderators are simulated with a dropout_rate, not with loss by period, because the subject "
                "contrasts of people who leave early are others."
            )
            raise CannotSimulate("attrition.lost_before_period", message)
        self.told = self.moderator.told(self.known, self.question.weights)
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
            found = self._by_subject_contrasts(made, people) if self.of_contrasts else self._by_least_squares(made, people)
            portions.append(self.decide(found))
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

    # every term of the model once for each element of the moderator

    def _by_least_squares(self, made: Many[Sequence], people: Many[People]) -> Interaction:
        model = self.planned
        gram, score = self._sums(made, people, model.groups)
        weights, rank = self._fit(gram, np.ones(gram.shape[1], dtype=bool), model.contrasts)
        within, shown, lost_to_fit = gram, score, rank
        if model.generalised:
            within, shown = self._sums(made, people, model.within)
            lost_to_fit = _inverse(within)[1]
        explained = np.einsum("te,tef,tf->t", shown, _inverse(within)[0], shown)
        squares, free = self._variation(made)
        estimate, covariance = weights.estimate(score), weights.covariance
        df = free - lost_to_fit
        scale = np.maximum(squares - explained, 0.0) / np.maximum(df, 1)
        tested = weights.estimable & (df >= 1) & (scale > 0)
        if not tested.all() and self.told.mirrored and not model.generalised:
            # where a group is empty in one of two mirrored sequences, the moderator is left out of the period effects
            lost = ~tested
            terms = np.tile(np.arange(gram.shape[1] // self._elements) < len(self.letters), self._elements)
            terms[: gram.shape[1] // self._elements] = True
            fewer, less = gram[lost][:, terms][:, :, terms], score[lost][:, terms]
            again, rank = self._fit(gram[lost], terms, model.contrasts)
            left = squares[lost] - np.einsum("te,tef,tf->t", less, _inverse(fewer)[0], less)
            df[lost] = free[lost] - rank
            scale[lost] = np.maximum(left, 0.0) / np.maximum(df[lost], 1)
            estimate[lost], covariance[lost] = again.estimate(less), again.covariance
            tested[lost] = again.estimable & (df[lost] >= 1) & (scale[lost] > 0)
        return Interaction(estimate, covariance * scale[:, None, None], df.astype(float), tested)

    def _sums(self, made: Many[Sequence], people: Many[People], groups: Many[Any]) -> tuple[Matrix, Matrix]:
        """Information and score of each trial, elements of the moderator first."""
        trials, elements, terms = len(made[0].measured), people[0].moderators.shape[2], groups[0].columns.shape[1]
        gram = np.zeros((trials, elements, terms, elements, terms))
        score = np.zeros((trials, elements, terms))
        for group in groups:
            one, m = made[group.sequence], people[group.sequence].moderators
            if one.seen is None and group.observed < one.measured.shape[2]:
                continue
            if one.seen is not None:
                m = m * (one.seen == group.observed)[..., None]
            together = np.einsum("til,tim->tlm", m, people[group.sequence].moderators)
            gram += np.einsum("tlm,ef->tlemf", together, group.columns.T @ group.weighed)
            score += np.einsum("til,tip->tlp", m, one.measured[:, :, : group.observed]) @ group.weighed
        size = elements * terms
        return gram.reshape(trials, size, size), score.reshape(trials, size)

    def _fit(self, gram: Matrix, kept: NDArray[np.bool_], contrast: Matrix) -> tuple["_Weights", Any]:
        rows: Matrix = np.asarray(np.kron(self.rows(), contrast)[:, kept], dtype=np.float64)
        gram = gram[:, kept][:, :, kept]
        inverse, rank = _inverse(gram)
        of = np.einsum("ke,tef->tkf", rows, inverse)
        left = np.abs(np.einsum("tke,tef->tkf", of, gram) - rows).max(axis=(1, 2))
        return _Weights(of, rows, left <= ROUNDING * np.abs(rows).max()), rank

    def _variation(self, made: Many[Sequence]) -> tuple[Matrix, Any]:
        """Sum of squares within subjects (of all measurements where there is one period), and how many are free."""
        squares, free = np.zeros(len(made[0].measured)), np.zeros(len(made[0].measured), dtype=np.int64)
        single = self.planned.periods == 1
        for one in made:
            y, periods = one.measured, one.measured.shape[2]
            seen = np.full(y.shape[:2], periods) if one.seen is None else one.seen
            here = np.arange(periods) < seen[..., None]
            kept = np.where(here, y, 0.0)
            mean = 0.0 if single else kept.sum(axis=2, keepdims=True) / np.maximum(seen, 1)[..., None]
            squares += np.square(np.where(here, y - mean, 0.0)).sum(axis=(1, 2))
            free += np.maximum(seen - (0 if single else 1), 0).sum(axis=1)
        return squares, free

    # subject contrasts, sequence by sequence

    def _by_subject_contrasts(self, made: Many[Sequence], people: Many[People]) -> Interaction:
        """What each person adds to the comparison, regressed on the moderator within each sequence."""
        model = self.planned
        whole = [group for group in model.groups if group.observed == model.periods]
        present = [np.ones(one.measured.shape[:2], bool) if one.seen is None else one.seen == model.periods for one in made]
        n = np.stack([here.sum(axis=1) for here in present], axis=1)
        gram = np.einsum("ts,sef->tef", n.astype(float), np.stack([group.columns.T @ group.weighed for group in whole]))
        inverse, _ = _inverse(gram)
        of = np.einsum("e,tef->tf", model.contrasts[0], inverse) * n.sum(axis=1)[:, None]
        rows, elements = self.rows(), people[0].moderators.shape[2]
        share = n / np.maximum(n.sum(axis=1, keepdims=True), 1)
        slopes, covariance, planned, squares, estimable = [], [], [], [], []
        for s, (one, they, here) in enumerate(zip(made, people, present, strict=True)):
            w = np.einsum("pe,te->tp", whole[s].weighed, of)
            u = np.einsum("tip,tp->ti", one.measured, w) * here
            m = they.moderators * here[..., None]
            inner, rank = _inverse(np.einsum("til,tim->tlm", m, m))
            fitted = np.einsum("tlm,tim,ti->tl", inner, m, u)
            slopes.append(np.einsum("kl,tl->tk", rows, fitted))
            covariance.append(np.einsum("kl,tlm,jm->tkj", rows, inner, rows))
            planned.append(np.einsum("tp,pr,tr->t", w, whole[s].spread, w))
            squares.append(np.square(u - np.einsum("til,tl->ti", m, fitted)).sum(axis=1))
            estimable.append((rank == elements) & (n[:, s] > elements))
        each = _Parts(
            np.stack(slopes, axis=1),
            np.stack(covariance, axis=1),
            np.stack(planned, axis=1),
            np.stack(squares, axis=1),
            np.stack(estimable, axis=1),
            share,
            n - elements,
        )
        return self._joined(each)

    def _joined(self, each: "_Parts") -> Interaction:
        """The sequences' own estimates added up, with their own variances or (robust) one in units of the planned ones."""
        counts = each.planned > 1e-12 * each.planned.max(axis=1, keepdims=True)
        usable = counts & each.estimable
        tested, factor = np.all(usable | ~counts, axis=1), np.ones(len(counts))
        if self.told.mirrored:  # either sequence alone tells the interaction if the moderator is left out of the period effects
            alone = usable.sum(axis=1) == 1
            tested, factor = tested | alone, np.where(alone, 1.0 / np.maximum((each.share * usable).sum(axis=1), 1e-300), 1.0)
        weight = each.share * usable * factor[:, None]
        free = np.where(usable, each.free, 0)
        if self.planned.kind == "robust":
            df = free.sum(axis=1).astype(float)
            scaled = np.where(usable, each.squares / np.where(counts, each.planned, 1.0), 0.0).sum(axis=1) / np.maximum(df, 1)
            variance = scaled[:, None] * each.planned
        else:
            variance = each.squares / np.maximum(free, 1)
            a = weight**2 * each.planned * np.trace(each.covariance, axis1=2, axis2=3)
            df = a.sum(axis=1) ** 2 / np.maximum((a**2 / np.maximum(free, 1)).sum(axis=1), 1e-300)
        estimate = np.einsum("ts,tsk->tk", weight, each.slopes)
        covariance = np.einsum("ts,tskj->tkj", weight**2 * variance, each.covariance)
        return Interaction(estimate, covariance, df, tested & (df >= 1 - 1e-9))

    # what the engine says

    def expected(self) -> tuple[Expected, ...]:
        found = [Expected("shown", self._power(), share=True)]
        if self.moderator.has_direction:
            per_unit = self.moderator.observed / getattr(self.moderator, "moderator_sd", 1.0)
            found.append(Expected("estimate", per_unit, judged=False))
        return tuple(found)

    def _power(self) -> float:
        """The engine's power for groups of whole people."""
        from trials.sizing.subgroup_sizes import power_of_planned_groups

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


class _Weights(NamedTuple):
    """a'A⁺ of each trial, the rows a, and whether a can be estimated."""

    of: Matrix
    rows: Matrix
    estimable: NDArray[np.bool_]

    def estimate(self, score: Matrix) -> Matrix:
        return np.asarray(np.einsum("tke,te->tk", self.of, score))

    @property
    def covariance(self) -> Matrix:
        """Of the estimates, in units of the residual variance."""
        return np.asarray(np.einsum("tke,le->tkl", self.of, self.rows))


class _Parts(NamedTuple):
    """What each sequence tells by itself, shape (trials, sequences, …)."""

    slopes: Matrix
    covariance: Matrix  # in units of the variance of a person's contrast
    planned: Matrix  # that variance, as planned
    squares: Matrix  # what the moderator leaves of it
    estimable: NDArray[np.bool_]
    share: Matrix  # of the people
    free: NDArray[np.int64]


def _split(counts: tuple[int, ...]) -> NDArray[np.int64]:
    """The group of each person."""
    return np.repeat(np.arange(len(counts)), counts)


def _inverse(gram: Matrix) -> tuple[Matrix, Any]:
    """A generalised inverse for each trial, and the rank."""
    values, vectors = np.linalg.eigh((gram + np.swapaxes(gram, 1, 2)) / 2.0)
    kept = values > RANK_TOLERANCE * np.maximum(values[:, -1:], 1e-300)
    return np.asarray(
        (vectors * np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0)[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    ), kept.sum(axis=1)
