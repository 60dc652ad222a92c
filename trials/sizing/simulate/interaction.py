"""The interaction of treatment and moderator, fitted to many trials at once.

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
from trials.sizing.simulate.linear import LinearModel
from trials.sizing.simulate.outcomes import Sequence

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


class InteractionModel:
    """The planned linear model with every term once for each element of the moderator.

    Parameters
    ----------
    planned : LinearModel
        Of the comparison itself.
    rows : array of shape (rows, elements)
        What is tested, as weights of the elements of the moderator.
    letters : int
        Treatments of the design.
    mirrored : bool
        Whether two sequences exchange the two treatments, so that either alone tells the interaction.
    """

    def __init__(self, planned: LinearModel, rows: Matrix, letters: int, *, mirrored: bool) -> None:
        self.planned, self.rows, self.letters, self.mirrored = planned, rows, letters, mirrored
        self.of_contrasts = planned.kind in {"satterthwaite", "robust"}

    def fit(self, made: Many[Sequence], people: Many[People]) -> Interaction:
        """By least squares (generalised where that is planned), or by subject contrasts where degrees of freedom are those of their spread."""
        return self._by_subject_contrasts(made, people) if self.of_contrasts else self._by_least_squares(made, people)

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
        if not tested.all() and self.mirrored and not model.generalised:
            # where a group is empty in one of two mirrored sequences, the moderator is left out of the period effects
            lost = ~tested
            terms = np.tile(np.arange(gram.shape[1] // self.rows.shape[1]) < self.letters, self.rows.shape[1])
            terms[: gram.shape[1] // self.rows.shape[1]] = True
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
        rows: Matrix = np.asarray(np.kron(self.rows, contrast)[:, kept], dtype=np.float64)
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
        rows, elements = self.rows, people[0].moderators.shape[2]
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
        if self.mirrored:  # either sequence alone tells the interaction if the moderator is left out of the period effects
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


def _inverse(gram: Matrix) -> tuple[Matrix, Any]:
    """A generalised inverse for each trial, and the rank."""
    values, vectors = np.linalg.eigh((gram + np.swapaxes(gram, 1, 2)) / 2.0)
    kept = values > RANK_TOLERANCE * np.maximum(values[:, -1:], 1e-300)
    return np.asarray(
        (vectors * np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0)[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    ), kept.sum(axis=1)
