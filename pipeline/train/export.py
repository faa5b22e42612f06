"""All members as one ONNX graph whose scores are the mean of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from pipeline.train.network import CLASSES, SIDE, Frozen

OPSET = 13
IR_VERSION = 8

Member = tuple[tuple[Frozen, ...], Frozen]


def graph(members: Sequence[Member]) -> bytes:
    """The ONNX file; the same members give the same bytes."""
    nodes: list[Any] = []
    weights: list[Any] = []
    outputs = [_member(f"m{index}", member, len(members), nodes, weights) for index, member in enumerate(members)]
    nodes.append(helper.make_node("Sum" if len(outputs) > 1 else "Identity", outputs, ["scores"]))
    cells = helper.make_tensor_value_info("cells", TensorProto.FLOAT, ["n", 1, SIDE, SIDE])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", CLASSES])
    model = helper.make_model(
        helper.make_graph(nodes, "digits", [cells], [scores], weights),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="",
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _member(name: str, member: Member, count: int, nodes: list[Any], weights: list[Any]) -> str:
    """Adds one member to the graph; its scores are already divided by the number of members."""
    convolutions, head = member
    value = "cells"
    for index, part in enumerate(convolutions):
        layer, here = part.layer, f"{name}_{index}"
        weights += _initialisers(here, part.weight, part.bias)
        nodes.append(
            helper.make_node(
                "Conv",
                [value, f"{here}_w", f"{here}_b"],
                [f"{here}_c"],
                kernel_shape=[layer.kernel] * 2,
                strides=[layer.stride] * 2,
                pads=[layer.padding] * 4,
            )
        )
        nodes.append(helper.make_node("Relu", [f"{here}_c"], [f"{here}_r"]))
        value = f"{here}_r"
        if layer.pool:
            nodes.append(helper.make_node("MaxPool", [value], [f"{here}_p"], kernel_shape=[2, 2], strides=[2, 2]))
            value = f"{here}_p"
    share = np.float32(1 / count)
    weights += _initialisers(f"{name}_h", head.weight * share, head.bias * share)
    nodes.append(helper.make_node("Flatten", [value], [f"{name}_f"], axis=1))
    nodes.append(helper.make_node("Gemm", [f"{name}_f", f"{name}_h_w", f"{name}_h_b"], [f"{name}_s"], transB=1))
    return f"{name}_s"


def _initialisers(name: str, weight: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> list[Any]:
    """Weight and bias of one layer."""
    arrays = ((f"{name}_w", weight), (f"{name}_b", bias))
    return [numpy_helper.from_array(np.ascontiguousarray(array, np.float32), key) for key, array in arrays]
