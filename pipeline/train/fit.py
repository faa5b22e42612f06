"""Training of one member: same seed, same weights."""

from __future__ import annotations

import copy
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pipeline.train import measure
from pipeline.train.bend import bent
from pipeline.train.network import Layer, build
from pipeline.train.recipe import Examples

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast."""

    epochs: int
    batch: int = 128
    rate: float = 4e-3
    decay: float = 2e-2
    smoothing: float = 0.02
    average: float = 0.998  # of the weights that are kept
    teaching: float = 0.7  # what a taught member owes to its teachers


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Examples that an epoch shows ``times`` times, a ``share`` of them bent anew with this ``strength``."""

    examples: Examples
    times: int = 1
    strength: float = 0.6
    share: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stock:
    """All material of a training as one: ``rows`` are the examples of an epoch."""

    examples: Examples
    rows: npt.NDArray[np.int64]
    strength: npt.NDArray[np.float32]
    share: npt.NDArray[np.float32]


@dataclass(slots=True, kw_only=True)
class _State:
    """What a training carries from step to step."""

    member: nn.Sequential
    kept: nn.Sequential
    optimiser: torch.optim.Optimizer
    pace: torch.optim.lr_scheduler.LRScheduler
    steps: int = 0


def train(
    materials: Sequence[Material],
    validation: Examples,
    schedule: Schedule,
    seed: int,
    *,
    layers: tuple[Layer, ...],
    teachers: Sequence[nn.Sequential] = (),
) -> nn.Sequential:
    """One member; of its epochs, the one that reads the validation writers best is kept.

    Where members trained before are ``teachers``, the network learns from what they say of
    the same cells for the greater part, and from the labels for the rest.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 9])
    stock = _stock(materials)
    member, kept = build(layers), build(layers)
    kept.load_state_dict(member.state_dict())
    steps = schedule.epochs * (len(stock.rows) // schedule.batch)
    optimiser = torch.optim.AdamW(member.parameters(), schedule.rate, weight_decay=schedule.decay)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, total_steps=steps, pct_start=0.2)
    state = _State(member=member, kept=kept, optimiser=optimiser, pace=pace)
    best, best_loss = copy.deepcopy(kept.state_dict()), np.inf
    for epoch in range(schedule.epochs):
        _epoch(state, stock, schedule, rng, teachers)
        loss, right = judge(kept, validation)
        log.info("membre %d, époque %d : perte %.4f, justes %.2f %%", seed, epoch + 1, loss, 100 * right)
        if loss < best_loss:
            best, best_loss = copy.deepcopy(kept.state_dict()), loss
    kept.load_state_dict(best)
    return kept.eval()


def _stock(materials: Sequence[Material]) -> _Stock:
    """All material in one place."""
    sizes = [len(one.examples.y) for one in materials]
    times = np.repeat([one.times for one in materials], sizes)
    return _Stock(
        examples=measure.joined([one.examples for one in materials]),
        rows=np.repeat(np.arange(sum(sizes)), times),
        strength=np.repeat(np.array([one.strength for one in materials], np.float32), sizes),
        share=np.repeat(np.array([one.share for one in materials], np.float32), sizes),
    )


def _epoch(
    state: _State, stock: _Stock, schedule: Schedule, rng: np.random.Generator, teachers: Sequence[nn.Sequential]
) -> None:
    """All examples of an epoch once, in random order."""
    state.member.train()
    order = rng.permutation(stock.rows)
    for start in range(0, len(order) - schedule.batch + 1, schedule.batch):
        rows = order[start : start + schedule.batch]
        x, y = _tensors(stock.examples, rows)
        far = stock.strength[rows] * (rng.random(len(rows)) < stock.share[rows])
        x = bent(x, far, rng).contiguous(memory_format=torch.channels_last)
        state.optimiser.zero_grad()
        scores = state.member(x)
        loss = nn.functional.cross_entropy(scores, y, label_smoothing=schedule.smoothing)
        if teachers:
            follow = nn.functional.cross_entropy(scores, _opinion(teachers, x))
            loss = schedule.teaching * follow + (1 - schedule.teaching) * loss
        loss.backward()
        state.optimiser.step()
        state.pace.step()
        _average(state, min(schedule.average, (1 + state.steps) / (10 + state.steps)))


def _opinion(teachers: Sequence[nn.Sequential], x: torch.Tensor) -> torch.Tensor:
    """Probabilities of all classes for some cells, the teachers' scores averaged."""
    with torch.no_grad():
        return torch.softmax(torch.stack([one(x) for one in teachers]).mean(0), 1)


def _average(state: _State, share: float) -> None:
    """The kept weights follow the trained ones, ever more slowly at the beginning."""
    state.steps += 1
    with torch.no_grad():
        for mine, theirs in zip(state.kept.state_dict().values(), state.member.state_dict().values(), strict=True):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs, 1 - share)
            else:
                mine.copy_(theirs)


def _tensors(examples: Examples, rows: np.ndarray | slice) -> tuple[torch.Tensor, torch.Tensor]:
    """Some examples as the network takes them."""
    x = torch.from_numpy(examples.x[rows]).to(torch.float32).div_(255)[:, None]
    return x, torch.from_numpy(examples.y[rows].astype(np.int64))


def judge(member: nn.Sequential, examples: Examples) -> tuple[float, float]:
    """Mean loss and share of right classes."""
    member.eval()
    loss, right = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(examples.y), 512):
            x, y = _tensors(examples, slice(start, start + 512))
            scores = member(x)
            loss += float(nn.functional.cross_entropy(scores, y, reduction="sum"))
            right += int((scores.argmax(1) == y).sum())
    return loss / len(examples.y), right / len(examples.y)
