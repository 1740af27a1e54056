"""Writing an ONNX graph node by node."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

CONTRIBUTED = "com.microsoft"  # onnxruntime's own operators
OPSETS = [helper.make_opsetid("", 20), helper.make_opsetid(CONTRIBUTED, 1)]
IR_VERSION = 10


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

    def model(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        graph = helper.make_graph(
            self._nodes, name, inputs, outputs, list(self._constants.values())
        )
        return helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION)
