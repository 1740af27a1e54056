"""The encoder of multilingual-e5-small as an ONNX graph with 8-bit matrix products, for one text.

A BERT (layer norm after each block, GELU in the form with tanh), its token vectors averaged and
brought to length 1. The 4-bit word table is kept as it is. Matrices are rounded to 7 bits a column:
two products of an 8-bit activation and a 7-bit weight fit into 16 bits, so that processors without
dot-product instructions do not saturate and give the same numbers.

Activations are scaled by the range of the whole text, which one fused operator does, so texts must
run one by one. Behind the GELU single tokens reach ten times the values of the others: there each
token is first brought to the same size. Without padding no mask is needed, and without a mask
onnxruntime takes its faster attention.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper

from indexer.models.e5_source import (
    BLOCK_WEIGHTS,
    Blocks,
    Bytes,
    E5Source,
    Floats,
    dequantised,
    unpacked,
)
from indexer.models.onnx_nodes import CONTRIBUTED, GraphWriter

WEIGHT_LIMIT = 63
SMALLEST_SIZE = 0.5  # of a token behind the GELU, whose lowest value is -0.17


def e5_graph(source: E5Source) -> onnx.ModelProto:
    """The encoder: ``input_ids`` (1, tokens) → ``embedding`` and ``token_vectors``.

    The input is int64, the outputs are float32: (1, hidden) of length 1, and (1, tokens, hidden),
    whose mean has the direction of the first.
    """
    return _E5Writer(source).encoder()


class _E5Writer(GraphWriter):
    def __init__(self, source: E5Source) -> None:
        super().__init__()
        self.source = source
        self.shape = source.shape

    def encoder(self) -> onnx.ModelProto:
        tokens = self.embeddings()
        for layer in range(self.shape.layers):
            tokens = self.layer(f"l{layer}", tokens)
        self.node("Identity", tokens, output="token_vectors")
        self.pooled(tokens)
        value, hidden = helper.make_tensor_value_info, self.shape.hidden
        return self.model(
            "multilingual-e5-small",
            [value("input_ids", TensorProto.INT64, [1, "tokens"])],
            [
                value("embedding", TensorProto.FLOAT, [1, hidden]),
                value("token_vectors", TensorProto.FLOAT, [1, "tokens", hidden]),
            ],
        )

    def embeddings(self) -> str:
        words = self.word_vectors()
        hidden = self.shape.hidden
        positions = self.source.floats("emb.pos").reshape(-1, hidden)
        # There is one segment only, so its vector is part of the position's.
        positions = positions + self.source.floats("emb.type")[:hidden]
        length = self.node("Shape", "input_ids", start=1, end=2)
        seen = self.node("Slice", self.constant("emb.pos", positions), self.axes(0), length)
        return self.layer_norm("emb.ln", self.node("Add", words, seen))

    def word_vectors(self) -> str:
        blocks = self.source.blocks("emb.word", self.shape.vocabulary)
        return self.node(
            "GatherBlockQuantized",
            self.constant("emb.word", neighbours_packed(blocks)),
            "input_ids",
            self.constant("emb.word.scale", blocks["scale"].astype(np.float32)),
            domain=CONTRIBUTED,
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK_WEIGHTS,
            bits=4,
        )

    def layer(self, name: str, tokens: str) -> str:
        together = self.linear([f"{name}.{part}" for part in "qkv"], tokens)
        query, key, value = self.split(together, 3)
        attended = self.node(
            "MultiHeadAttention",
            *(query, key, value),
            domain=CONTRIBUTED,
            num_heads=self.shape.heads,
        )
        tokens = self.added(f"{name}.aln", tokens, self.linear([f"{name}.ao"], attended))
        inner = self.node("Gelu", self.linear([f"{name}.fi"], tokens), approximate="tanh")
        return self.added(f"{name}.oln", tokens, self.evened(f"{name}.fo", inner))

    def added(self, norm: str, tokens: str, change: str) -> str:
        return self.layer_norm(norm, self.node("Add", tokens, change))

    def layer_norm(self, name: str, value: str) -> str:
        scale, shift = (
            self.constant(f"{name}.{part}", self.source.floats(f"{name}.{part}")) for part in "wb"
        )
        epsilon = self.shape.epsilon
        return self.node("LayerNormalization", value, scale, shift, axis=-1, epsilon=epsilon)

    def evened(self, name: str, value: str) -> str:
        """A product whose tokens are divided by their size before and multiplied after it."""
        size = self.node("ReduceMax", value, self.axes(-1), keepdims=1)
        size = self.node("Max", size, self.number(SMALLEST_SIZE))
        even = self.node("Div", value, size)
        product = self.node("Mul", self.product(name, even, self.weights([name])), size)
        return self.node("Add", product, self.bias([name]))

    def linear(self, names: list[str], value: str) -> str:
        """The product with these matrices, side by side, and their biases."""
        return self.product(names[0], value, self.weights(names), self.bias(names))

    def product(self, name: str, value: str, weights: Floats, bias: str = "") -> str:
        scale = np.abs(weights).max(axis=1) / np.float32(WEIGHT_LIMIT)
        rounded = np.rint(weights / scale[:, None]).astype(np.int8)
        return self.node(
            "DynamicQuantizeMatMul",
            value,
            self.constant(f"{name}.w", rounded.T),
            self.constant(f"{name}.scale", scale),
            self.constant(f"zeros {len(rounded)}", np.zeros(len(rounded), np.int8)),
            *([bias] if bias else []),
            domain=CONTRIBUTED,
        )

    def weights(self, names: list[str]) -> Floats:
        """The matrices one below the other: (columns of the product, columns of the input)."""
        sizes = [self.source.floats(f"{name}.b").size for name in names]
        blocks = (self.source.blocks(f"{n}.w", size) for n, size in zip(names, sizes, strict=True))
        return np.concatenate([dequantised(found) for found in blocks])

    def bias(self, names: list[str]) -> str:
        shifts = [self.source.floats(f"{name}.b") for name in names]
        return self.constant(f"{names[0]}.b", np.concatenate(shifts))

    def pooled(self, tokens: str) -> str:
        total = self.node("ReduceSum", tokens, self.axes(1), keepdims=0)
        length = self.node("ReduceL2", total, self.axes(1), keepdims=1)
        # The mean and the sum have the same direction, so no division by the count is needed.
        return self.node("Div", total, length, output="embedding")


def neighbours_packed(blocks: Blocks) -> Bytes:
    """The nibbles as onnxruntime wants them: (rows, columns / 2), two neighbours in a byte."""
    nibbles = unpacked(blocks)
    packed = nibbles[..., 0::2] | nibbles[..., 1::2] << 4
    return packed.astype(np.uint8).reshape(blocks.shape[0], -1)
