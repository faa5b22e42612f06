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


@dataclass(slots=True, kw_only=True)
class _State:
    """What a training carries from step to step."""

    member: nn.Sequential
    kept: nn.Sequential
    optimiser: torch.optim.Optimizer
    pace: torch.optim.lr_scheduler.LRScheduler
    steps: int = 0


def train(
    examples: Examples,
    validation: Examples,
    schedule: Schedule,
    seed: int,
    *,
    layers: tuple[Layer, ...],
    taught: npt.NDArray[np.float32] | None = None,
) -> nn.Sequential:
    """One member; of its epochs, the one that reads the validation writers best is kept.

    ``taught`` gives for each example the probabilities of members trained before: the
    network then learns from them for the greater part, and from the label for the rest.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 9])
    member, kept = build(layers), build(layers)
    kept.load_state_dict(member.state_dict())
    steps = schedule.epochs * (len(examples.y) // schedule.batch)
    optimiser = torch.optim.AdamW(member.parameters(), schedule.rate, weight_decay=schedule.decay)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, total_steps=steps, pct_start=0.2)
    state = _State(member=member, kept=kept, optimiser=optimiser, pace=pace)
    best, best_loss = copy.deepcopy(kept.state_dict()), np.inf
    for epoch in range(schedule.epochs):
        _epoch(state, examples, schedule, rng, taught)
        loss, right = judge(kept, validation)
        log.info("membre %d, époque %d : perte %.4f, justes %.2f %%", seed, epoch + 1, loss, 100 * right)
        if loss < best_loss:
            best, best_loss = copy.deepcopy(kept.state_dict()), loss
    kept.load_state_dict(best)
    return kept.eval()


def _epoch(
    state: _State,
    examples: Examples,
    schedule: Schedule,
    rng: np.random.Generator,
    taught: npt.NDArray[np.float32] | None,
) -> None:
    """All examples once, in random order, each moved by at most a pixel."""
    state.member.train()
    order = rng.permutation(len(examples.y))
    for start in range(0, len(order) - schedule.batch + 1, schedule.batch):
        rows = np.sort(order[start : start + schedule.batch])
        x, y = _tensors(examples, rows)
        x = torch.roll(x, tuple(int(step) for step in rng.integers(-1, 2, 2)), dims=(2, 3))
        state.optimiser.zero_grad()
        scores = state.member(x)
        loss = nn.functional.cross_entropy(scores, y, label_smoothing=schedule.smoothing)
        if taught is not None:
            follow = nn.functional.cross_entropy(scores, torch.from_numpy(taught[rows]))
            loss = schedule.teaching * follow + (1 - schedule.teaching) * loss
        loss.backward()
        state.optimiser.step()
        state.pace.step()
        _average(state, min(schedule.average, (1 + state.steps) / (10 + state.steps)))


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
    return x.contiguous(memory_format=torch.channels_last), torch.from_numpy(examples.y[rows].astype(np.int64))


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


def opinions(members: Sequence[nn.Sequential], examples: Examples) -> npt.NDArray[np.float32]:
    """Probabilities of all classes for each example, the members' scores averaged."""
    parts = []
    with torch.no_grad():
        for start in range(0, len(examples.y), 512):
            x, _ = _tensors(examples, slice(start, start + 512))
            scores = torch.stack([member.eval()(x) for member in members]).mean(0)
            parts.append(torch.softmax(scores, 1).numpy())
    return np.concatenate(parts)
