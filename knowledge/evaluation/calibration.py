"""Fitting the decision to decline on questions that are known to be answered by the library or not.

Fitted is a logistic model over ``knowledge.deciding.Signals``, both classes with the same weight
however many questions they have; inside a class a question may count more than another. Its error
rates are those of questions that it was not fitted on: the questions are dealt into FOLDS, and each
is judged by a model fitted on the others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from knowledge.access import Reader
from knowledge.answering import Assistant
from knowledge.choosing import scored_sentences
from knowledge.deciding import Signals, likelihood, signals_of
from knowledge.guard.declining import reason_to_decline

FOLDS = 10
PENALTY = 1.0  # of the squared weights, so that few questions make no steep model
ROUNDS = 50
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A question. ``signals`` are None where a rule declines it before the model is asked;
    ``weight`` is how much it counts in the fit."""

    question: str
    answerable: bool
    signals: Signals | None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Model:
    intercept: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """At a threshold: the share of unanswerable questions that are declined, and the share of
    answerable ones that are, wrongly."""

    threshold: float
    declined: float
    wrongly_declined: float


def examples(
    assistant: Assistant, questions: Iterable[tuple[str, bool, float]], reader: Reader
) -> Iterable[Example]:
    """(question, answerable, weight) → what the search says of each."""
    for question, answerable, weight in questions:
        yield Example(question, answerable, _signals(assistant, question, reader), weight)


def _signals(assistant: Assistant, question: str, reader: Reader) -> Signals | None:
    if reason_to_decline(question):
        return None
    found = assistant.retriever.retrieve(question, reader)
    scored = scored_sentences(found)
    return signals_of(found, scored) if scored and not found.is_place_missing else None


def fit(known: Sequence[Example]) -> Model:
    """The logistic model of these examples, by Newton's method (iteratively reweighted least
    squares; Hastie, Tibshirani and Friedman, 2009, section 4.4.1)."""
    rows, labels, weights = _matrix(known)
    mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    mean[0], spread[0] = 0.0, 1.0  # the intercept's column
    beta = _newton((rows - mean) / spread, labels, weights) / spread
    return Model(float(beta[0] - mean @ beta), tuple(float(weight) for weight in beta[1:]))


def _newton(rows: Floats, labels: Floats, weights: Floats) -> Floats:
    ones, others = weights @ labels, weights @ (1 - labels)
    importance = weights * np.where(labels == 1, 0.5 / ones, 0.5 / others) * len(labels)
    penalty = np.diag([0.0] + [PENALTY] * (rows.shape[1] - 1))
    beta = np.zeros(rows.shape[1])
    for _ in range(ROUNDS):
        expected = 1 / (1 + np.exp(-rows @ beta))
        slope = rows.T @ (importance * (labels - expected)) - penalty @ beta
        curvature = (rows.T * (importance * expected * (1 - expected))) @ rows + penalty
        step = np.linalg.solve(curvature, slope)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    return beta


def _matrix(known: Sequence[Example]) -> tuple[Floats, Floats, Floats]:
    judged = [(example, example.signals) for example in known if example.signals is not None]
    rows = np.array([[1.0, *astuple(signals)] for _, signals in judged])
    labels = np.array([float(example.answerable) for example, _ in judged])
    return rows, labels, np.array([example.weight for example, _ in judged])


def held_out(known: Sequence[Example]) -> list[float]:
    """The likelihood of each example by a model that was fitted without it; 0 where a rule
    declines. Neighbours in the list fall into different folds."""
    found = [0.0] * len(known)
    for fold in range(FOLDS):
        model = fit([e for place, e in enumerate(known) if place % FOLDS != fold])
        for place in range(fold, len(known), FOLDS):
            signals = known[place].signals
            if signals is not None:
                found[place] = likelihood(signals, model.intercept, model.weights)
    return found


def curve(likelihoods: Sequence[float], known: Sequence[Example]) -> list[Rates]:
    scores = np.array(likelihoods)
    answerable = np.array([example.answerable for example in known])
    return [
        Rates(t, _share(scores[~answerable] < t), _share(scores[answerable] < t))
        for t in THRESHOLDS
    ]


def auroc(likelihoods: Sequence[float], known: Sequence[Example]) -> float:
    """How often an answerable question is likelier than an unanswerable one (ties count half)."""
    scores = np.array(likelihoods)
    answerable = np.array([example.answerable for example in known])
    above = scores[answerable][:, None] - scores[~answerable][None, :]
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


def _share(chosen: npt.NDArray[np.bool_]) -> float:
    return round(float(chosen.mean()), 4) if len(chosen) else 0.0
