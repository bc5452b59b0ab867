"""`python -m responder.claims.training ENCODER`: trains, exports and measures the claim model."""

import argparse
import json
import logging
import shutil
import tempfile
from pathlib import Path

import torch
from tokenizers import Tokenizer

from responder.claims.model import ClaimModel
from responder.claims.training import choose, export, heldout, loop, nli, pairs, whole
from responder.claims.training.compose import Composer
from responder.claims.training.network import ClaimNetwork, load_encoder

VERSION = "2026.11.4"


def main() -> None:
    """Train as long as asked, write the shipped files to `--out` and print how many held-out drafts are stopped.

    The 32-bit weights, for going on with `--start`, stand in `--state`.
    """
    parser = argparse.ArgumentParser(prog="python -m responder.claims.training")
    parser.add_argument("encoder", type=Path, help="folder of a BERT encoder with tokenizer.json")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for the model; the shipped one is responder/claims/model"
    )
    parser.add_argument("--minutes", type=float, default=loop.Recipe().minutes)
    parser.add_argument("--state", type=Path, default=Path("var/claims.pt"), help="where the weights are kept")
    parser.add_argument("--start", type=Path, help="weights of an earlier training to go on from")
    parser.add_argument("--pairs", type=Path, help="folder of published premises and hypotheses")
    parser.add_argument("--layers", type=int, default=8, help="how many of the encoder's layers are kept")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    recipe = loop.Recipe(minutes=given.minutes)
    torch.manual_seed(recipe.seed)
    body, hidden = load_encoder(given.encoder, given.layers)
    network = ClaimNetwork(body, hidden)
    if given.start:
        network.load_state_dict(torch.load(given.start, weights_only=True))
    train(network, given.encoder, given.pairs, recipe, given.state)
    write(network, given.encoder, given.out)


def train(network: ClaimNetwork, encoder: Path, published: Path | None, recipe: loop.Recipe, state: Path) -> None:
    """Train in place by the recipe; the weights also stand in `state`."""
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    state.parent.mkdir(parents=True, exist_ok=True)
    written = whole.drafts()
    composer = Composer(whole.joined(pairs.sheets(), written), pairs.common(), pairs.mentions(), recipe.seed, written)
    texts = nli.drafts(published, recipe.seed) if published else None
    loop.fit(network, composer, texts, tokenizer, recipe, state)


def write(network: ClaimNetwork, encoder: Path, out: Path) -> None:
    """The 8-bit model, its tokenizer and its limits, and what they do on the drafts for measuring."""
    config = network.encoder.config
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        export.export(network.float(), full, attention_heads=config.num_attention_heads, hidden=config.hidden_size)
        export.quantise(full, out / "model.int8.onnx")
    shutil.copy(encoder / "tokenizer.json", out / "tokenizer.json")
    settle(out)


def settle(out: Path) -> None:
    """Choose the limits for the model in a folder, write them beside it and print what they do."""
    model = ClaimModel(out)
    seen = {name: _seen(model, name) for name in (*heldout.CHOOSING, *heldout.MEASURING)}
    limits = choose.choose([seen[name] for name in heldout.CHOOSING])
    told = {"name": "amends-claims", "version": VERSION, **limits}
    (out / "config.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    for name, drafts in seen.items():
        bad, clean = choose.shares(drafts, limits)
        print(f"{name:<14} bad drafts stopped {100 * bad:5.1f} %, clean ones {100 * clean:5.1f} %")


def _seen(model: ClaimModel, name: str) -> list[choose.Seen]:
    given = heldout.cases(heldout.FOLDER / name)
    return [choose.see(model, case.candidate, bad=bool(case.fault)) for case in given]


if __name__ == "__main__":
    main()
