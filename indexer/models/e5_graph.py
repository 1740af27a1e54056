"""The encoder of multilingual-e5-small as an ONNX graph with 8-bit matrix products.

A BERT (layer norm after each block, GELU by the error function), its token vectors averaged over
the attention mask and brought to length 1. The 4-bit word table is kept as it is. Matrices are
rounded to 7 bits a column: two products of an 8-bit activation and a 7-bit weight fit into 16 bits,
so that processors without dot-product instructions do not saturate and give the same numbers.
Activations are scaled token by token, not by the whole input, so that no text moves another.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper

from indexer.models.e5_source import BLOCK_WEIGHTS, Blocks, Bytes, E5Source, dequantised, unpacked
from indexer.models.onnx_nodes import CONTRIBUTED, GraphWriter

WEIGHT_LIMIT = 63
ACTIVATION_LIMIT = 127
ACTIVATION_ZERO = 128
SMALLEST_SCALE = 1e-12  # a row of zeros must not divide by zero

Quantised = tuple[str, str]


def e5_graph(source: E5Source) -> onnx.ModelProto:
    """The encoder: ``input_ids`` and ``attention_mask`` (texts, tokens) → ``embedding``.

    Inputs are int64, the output float32 of shape (texts, hidden) with rows of length 1.
    """
    return _E5Writer(source).encoder()


class _E5Writer(GraphWriter):
    def __init__(self, source: E5Source) -> None:
        super().__init__()
        self.source = source
        self.shape = source.shape

    def encoder(self) -> onnx.ModelProto:
        mask = self.node("Cast", "attention_mask", to=TensorProto.INT32)
        tokens = self.embeddings()
        for layer in range(self.shape.layers):
            tokens = self.layer(f"l{layer}", tokens, mask)
        self.pooled(tokens)
        texts = helper.make_tensor_value_info
        inputs = [
            texts(name, TensorProto.INT64, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        output = texts("embedding", TensorProto.FLOAT, ["texts", self.shape.hidden])
        return self.model("multilingual-e5-small", inputs, [output])

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

    def layer(self, name: str, tokens: str, mask: str) -> str:
        rows = self.quantised(tokens)
        query, key, value = (self.linear(f"{name}.{part}", rows) for part in "qkv")
        attended = self.node(
            "MultiHeadAttention",
            *(query, key, value, "", mask),
            domain=CONTRIBUTED,
            num_heads=self.shape.heads,
        )
        tokens = self.added(f"{name}.aln", tokens, self.project(f"{name}.ao", attended))
        inner = self.node("Gelu", self.project(f"{name}.fi", tokens))
        return self.added(f"{name}.oln", tokens, self.project(f"{name}.fo", inner))

    def added(self, norm: str, tokens: str, change: str) -> str:
        return self.layer_norm(norm, self.node("Add", tokens, change))

    def layer_norm(self, name: str, value: str) -> str:
        scale, shift = (
            self.constant(f"{name}.{part}", self.source.floats(f"{name}.{part}")) for part in "wb"
        )
        epsilon = self.shape.epsilon
        return self.node("LayerNormalization", value, scale, shift, axis=-1, epsilon=epsilon)

    def project(self, name: str, value: str) -> str:
        return self.linear(name, self.quantised(value))

    def quantised(self, value: str) -> Quantised:
        """Unsigned bytes around 128 and the step of each row: value ≈ (byte - 128) · step."""
        size = self.node("ReduceMax", self.node("Abs", value), self.axes(-1), keepdims=1)
        size = self.node("Max", size, self.number(SMALLEST_SCALE))
        stretch = self.node("Div", self.number(ACTIVATION_LIMIT), size)
        # The half makes the cast, which cuts, round to the nearest.
        centre = self.number(ACTIVATION_ZERO + 0.5)
        stretched = self.node("Add", self.node("Mul", value, stretch), centre)
        step = self.node("Mul", size, self.number(1 / ACTIVATION_LIMIT))
        return self.node("Cast", stretched, to=TensorProto.UINT8), step

    def linear(self, name: str, rows: Quantised) -> str:
        values, step = rows
        bias = self.source.floats(f"{name}.b")
        weights = dequantised(self.source.blocks(f"{name}.w", bias.size))
        scale = np.abs(weights).max(axis=1) / np.float32(WEIGHT_LIMIT)
        rounded = np.rint(weights / scale[:, None]).astype(np.int8)
        product = self.node(
            "MatMulIntegerToFloat",
            values,
            self.constant(f"{name}.w", rounded.T),
            self.number(1.0),
            self.constant(f"{name}.scale", scale),
            self.constant("activation zero", np.array(ACTIVATION_ZERO, np.uint8)),
            self.constant(f"weight zeros {bias.size}", np.zeros(bias.size, np.int8)),
            domain=CONTRIBUTED,
        )
        product = self.node("Mul", product, step)
        return self.node("Add", product, self.constant(f"{name}.b", bias))

    def pooled(self, tokens: str) -> str:
        mask = self.node("Cast", "attention_mask", to=TensorProto.FLOAT)
        counted = self.node("Mul", tokens, self.node("Unsqueeze", mask, self.axes(2)))
        total = self.node("ReduceSum", counted, self.axes(1), keepdims=0)
        length = self.node("ReduceL2", total, self.axes(1), keepdims=1)
        # The mean and the sum have the same direction, so no division by the count is needed.
        return self.node("Div", total, length, output="embedding")


def neighbours_packed(blocks: Blocks) -> Bytes:
    """The nibbles as onnxruntime wants them: (rows, columns / 2), two neighbours in a byte."""
    nibbles = unpacked(blocks)
    packed = nibbles[..., 0::2] | nibbles[..., 1::2] << 4
    return packed.astype(np.uint8).reshape(blocks.shape[0], -1)
