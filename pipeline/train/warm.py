"""Members taken up again from a network already trained, to go on from there.

In the file the batch norms are folded into the convolutions.  They are unfolded with the
statistics of fresh examples, so that the member says the same as before and can learn.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from pipeline.train.export import Member
from pipeline.train.network import Frozen, build
from pipeline.train.recipe import Examples

_SAMPLE = 2048


def members(path: Path, examples: Examples) -> list[nn.Sequential]:
    """Every member of an ONNX file written by ``export``."""
    stored = {one.name: numpy_helper.to_array(one).copy() for one in onnx.load(path).graph.initializer}
    names = sorted({name.partition("_")[0] for name in stored})
    return [_unfolded(stored, name, len(names), examples) for name in names]


def between(start: Member, end: Member, share: float) -> Member:
    """A member on the way from one to the other: it keeps what the first knew and most of what it learnt since."""
    pairs = zip((*start[0], start[1]), (*end[0], end[1]), strict=True)
    *convolutions, head = (
        Frozen(
            layer=last.layer,
            weight=((1 - share) * first.weight + share * last.weight).astype(np.float32),
            bias=((1 - share) * first.bias + share * last.bias).astype(np.float32),
        )
        for first, last in pairs
    )
    return tuple(convolutions), head


def _unfolded(stored: dict[str, np.ndarray], name: str, count: int, examples: Examples) -> nn.Sequential:
    """One member whose batch norms fit these examples."""
    member = build().eval()
    x = torch.from_numpy(examples.x[:: max(1, len(examples.y) // _SAMPLE)]).to(torch.float32).div_(255)[:, None]
    rank = 0
    with torch.no_grad():
        for part in member:
            if isinstance(part, nn.Conv2d):
                part.weight.copy_(torch.from_numpy(stored[f"{name}_{rank}_w"]))
            elif isinstance(part, nn.BatchNorm2d):
                _fit(part, x, torch.from_numpy(stored[f"{name}_{rank}_b"]))
                rank += 1
            elif isinstance(part, nn.Linear):
                part.weight.copy_(torch.from_numpy(stored[f"{name}_h_w"] * count))
                part.bias.copy_(torch.from_numpy(stored[f"{name}_h_b"] * count))
            x = part(x)
    return member


def _fit(norm: nn.BatchNorm2d, x: torch.Tensor, bias: torch.Tensor) -> None:
    """A batch norm that only adds the bias, to what these examples make of the layer before."""
    mean, spread = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(spread)
    norm.weight.copy_(torch.sqrt(spread + norm.eps))
    norm.bias.copy_(mean + bias)
