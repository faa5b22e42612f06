"""The network: a few small convolutions, eleven scores; one member of the ensemble each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

CLASSES = 11
SIDE = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A convolution with batch norm and ReLU, and a 2 × 2 max-pool where asked."""

    channels: int
    kernel: int = 3
    stride: int = 1
    padding: int = 1
    pool: bool = False


GLANCE = (
    Layer(channels=16, stride=2),
    Layer(channels=32, stride=2),
    Layer(channels=64),
    Layer(channels=64, padding=0),
)
"""28 → 14 → 7 → 7 → 5 pixels; about 78 000 weights.  Strides instead of pools: every cell of a page passes here."""
DOUBT = (
    Layer(channels=12, pool=True),
    Layer(channels=32, pool=True),
    Layer(channels=64),
    Layer(channels=64, padding=0),
)
"""28 → 14 → 7 → 7 → 5 pixels as well, but looked at finely first: asked of few cells, it may take its time."""

DROPOUT = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One convolution after training, its batch norm folded in."""

    layer: Layer
    weight: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


def build(layers: tuple[Layer, ...]) -> nn.Sequential:
    """An untrained member."""
    parts: list[nn.Module] = []
    channels, side = 1, SIDE
    for layer in layers:
        conv = nn.Conv2d(channels, layer.channels, layer.kernel, layer.stride, layer.padding, bias=False)
        parts += [conv, nn.BatchNorm2d(layer.channels), nn.ReLU()]
        channels, side = layer.channels, (side + 2 * layer.padding - layer.kernel) // layer.stride + 1
        if layer.pool:
            parts.append(nn.MaxPool2d(2))
            side //= 2
    parts += [nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(channels * side * side, CLASSES)]
    return nn.Sequential(*parts).to(memory_format=torch.channels_last)


def frozen(member: nn.Sequential, layers: tuple[Layer, ...]) -> tuple[tuple[Frozen, ...], Frozen]:
    """The convolutions with their batch norms folded in, and the last linear layer."""
    convs = [part for part in member if isinstance(part, nn.Conv2d)]
    norms = [part for part in member if isinstance(part, nn.BatchNorm2d)]
    folded = []
    for layer, conv, norm in zip(layers, convs, norms, strict=True):
        scale = norm.weight.data / torch.sqrt(norm.running_var + norm.eps)
        weight = conv.weight.data * scale[:, None, None, None]
        bias = norm.bias.data - norm.running_mean * scale
        folded.append(Frozen(layer=layer, weight=_array(weight), bias=_array(bias)))
    last = next(part for part in member if isinstance(part, nn.Linear))
    head = Frozen(layer=Layer(channels=CLASSES), weight=_array(last.weight.data), bias=_array(last.bias.data))
    return tuple(folded), head


def _array(tensor: torch.Tensor) -> npt.NDArray[np.float32]:
    """A tensor as a plain contiguous array."""
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)
