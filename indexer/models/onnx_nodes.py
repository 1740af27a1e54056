"""Writing an ONNX graph node by node."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

CONTRIBUTED = "com.microsoft"  # onnxruntime's own operators
OPSETS = [helper.make_opsetid("", 20), helper.make_opsetid(CONTRIBUTED, 1)]
IR_VERSION = 10
PAGE = 4096
SMALLEST_TAKEN_OUT = 65_536  # bytes: with less there is nothing to gain


class GraphWriter:
    """Collects nodes and constants; every method returns the name of the value it adds."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """A constant; the same name is stored once."""
        if name not in self._constants:
            tensor = numpy_helper.from_array(np.ascontiguousarray(value), name)
            self._constants[name] = tensor
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number {value!r}", np.array(value, np.float32))

    def axes(self, *axes: int) -> str:
        return self.constant(f"axes {axes}", np.array(axes, np.int64))

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output. ``domain`` names another operator set, ``output`` its value."""
        output = attributes.pop("output", f"{operator}_{len(self._nodes)}")
        made = helper.make_node(operator, list(inputs), [output], name=output, **attributes)
        self._nodes.append(made)
        return str(output)

    def split(self, value: str, parts: int) -> list[str]:
        """Equal parts of a value along its last axis."""
        found = [f"Split_{len(self._nodes)}_{part}" for part in range(parts)]
        made = helper.make_node("Split", [value], found, name=found[0], axis=-1, num_outputs=parts)
        self._nodes.append(made)
        return found

    def model(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        graph = helper.make_graph(
            self._nodes, name, inputs, outputs, list(self._constants.values())
        )
        return helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION)


def take_out_weights(model: onnx.ModelProto, name: str) -> bytes:
    """Moves the large constants of a model into a file of that name beside it, whose content is
    returned. onnxruntime maps such a file into memory, each constant at the start of a page."""
    content = bytearray()
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) < SMALLEST_TAKEN_OUT:
            continue
        content += b"\0" * (-len(content) % PAGE)
        place = {"location": name, "offset": len(content), "length": len(tensor.raw_data)}
        content += tensor.raw_data
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
    return bytes(content)
