"""Training: what the rows are, that no evaluation row is among them, and the whole road in small."""

import csv
import json
from functools import cache

import numpy as np
import pytest

from classifier.heads import HEADS, INTENTS, slices, width
from classifier.models.config import ModelConfig
from classifier.text import normalise
from classifier.training import own, teaching, train
from classifier.training.calibrate import calibrate
from classifier.training.examples import Example, fingerprint, some_intents, yes_no
from classifier.training.mixture import english, evaluation_texts, mix, multilingual
from classifier.training.second import HARD
from core.errors import ConfigError, InputError
from tests.classifier.tiny import save_tokenizer

DOWN = ["the internet is down again you are useless", "why is it down", "internet down again", "not back now useless"]
GREAT = ["thank you so much great help", "great help thank you", "so great thank you", "you are great"]


def test_a_fingerprint_sees_through_links_handles_and_marks():
    assert fingerprint("RT @a: Power is OUT!! https://t.co/x #dark") == fingerprint("power is out")
    assert fingerprint("power is out") != fingerprint("power is back")


def test_own_labels_are_complete_and_without_text_of_others():
    with (own.LABELS / "posts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) > 3000
    assert "text" not in rows[0]
    for row in rows:
        assert set(own.answers(row)) == {"sentiment", "emotion", "intents", "outage", "angry", "impact", "about"}
        assert len(row["sha256"]) == 16
    assert len({(row["set"], row["row"]) for row in rows}) == len(rows)


def test_own_posts_in_three_languages():
    rows = list(own.written())
    assert {row.source for row in rows} == {"written_en", "written_fr", "written_es"}
    assert all(row.text for row in rows)


def test_every_label_stands_for_the_post_that_was_read(data_dir):
    assert sum(1 for _ in own.posts(data_dir)) > 3000


def test_another_version_of_a_data_set_is_refused(tmp_path):
    with (own.LABELS / "posts.tsv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file, delimiter="\t"))
    path, column = own.COLUMNS[row["set"]]
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(column + "\n" + "another post\n" * (int(row["row"]) + 1))
    with pytest.raises(InputError, match=r"posts\.tsv:2: row \d+ of \w+ is not the post"):
        next(own.posts(tmp_path))


@cache
def real(data_dir, published):
    """The real mixture, read once for all that is asked of it."""
    return mix(data_dir, 1, published)


@pytest.fixture(scope="module")
def measured(data_dir):
    """Fingerprints of all that is measured on, as the model reads it."""
    return {fingerprint(normalise(text)) for text in evaluation_texts(data_dir)} - {""}


@pytest.mark.parametrize("published", [english, multilingual])
def test_no_evaluation_row_is_in_training(data_dir, measured, published):
    """Over every set of the real mixture, by normalised words."""
    assert len(measured) > 15_000
    mixture = real(data_dir, published)
    rows = [*mixture.epoch(last=False), *mixture.epoch(last=True), *mixture.held_out]
    assert len(rows) > 80_000
    assert not {fingerprint(text) for text in {row.text for row in rows}} & measured


def test_held_out_rows_are_not_trained_on(data_dir):
    mixture = real(data_dir, english)
    held_out = {fingerprint(row.text) for row in mixture.held_out}
    assert len(held_out) > 300
    trained = {fingerprint(text) for text in {row.text for row in mixture.epoch(last=False)}}
    assert len(held_out & trained) <= 3  # only of a word or two, as "thank you"
    assert all(len(words.split()) < 4 for words in held_out & trained)


def test_what_teachers_say_is_mixed_with_what_people_said(tmp_path):
    def said(negative, outage):
        chances = {head.name: np.full((2, head.width), 1 / head.width, np.float32) for head in HEADS}
        chances["sentiment"][0] = [negative, 1 - negative, 0]
        chances["outage"][0] = outage
        return chances

    rows = [
        Example("no signal", {"sentiment": 0, "intents": some_intents(praise=False)}, "x"),
        Example("nobody read this", {}, "x"),
        Example("le réseau est en panne", {"outage": yes_no(True)}, "x"),
        Example("nobody knows this one", {}, "x"),
    ]
    for name, chances in (("one", said(0.5, 0.9)), ("other", said(0.7, 0.7))):
        teaching.save(tmp_path / f"{name}.npz", rows[:2], chances)
    known, unread, french = teaching.taught(
        rows, [teaching.load(tmp_path / f"{name}.npz") for name in ("one", "other")]
    )
    assert known.answers["sentiment"] == pytest.approx((HARD + (1 - HARD) * 0.6, (1 - HARD) * 0.4, 0))
    assert known.answers["outage"] == pytest.approx((0.8,))
    praise, complaint = (known.answers["intents"][INTENTS.index(name)] for name in ("praise", "complaint"))
    assert (praise, complaint) == pytest.approx(((1 - HARD) * 0.1, 0.1))
    assert unread.answers["outage"] == pytest.approx((1.0,))
    assert french == rows[2]


def test_calibration_makes_probabilities_honest():
    generator = np.random.default_rng(5)
    logits = generator.normal(size=(4000, width(HEADS))) * 2
    truth = np.full_like(logits, np.nan)
    places = slices(HEADS)
    # Outage: the logits are twice too sure and a unit too high.
    place = places["outage"]
    chance = 1 / (1 + np.exp(-(logits[:, place] / 2 - 1)))
    truth[:, place] = generator.random(chance.shape) < chance
    config = calibrate(ModelConfig("m", "1", 128, HEADS), logits, truth)
    assert config.temperatures["outage"] == pytest.approx(2, rel=0.15)
    assert config.shifts["outage"][0] == pytest.approx(-1, abs=0.2)
    assert 0.15 <= config.thresholds["outage"][0] < 0.5  # F1 of a rare class wants less than one half
    assert "angry" not in config.temperatures


def test_the_loss_leaves_unknown_answers_alone():
    torch = pytest.importorskip("torch", reason="the extra [torch] is not installed")
    from classifier.training.batches import collate
    from classifier.training.network import loss

    rows = [
        Example("a", {"sentiment": 2}, "x"),
        Example("b", {"outage": yes_no(True), "intents": some_intents(praise=False)}, "x", 0.5),
    ]
    batch = collate(rows, [[1, 2, 3], [1]], HEADS)
    assert batch.attention_mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    logits = torch.zeros(2, width(HEADS), requires_grad=True)
    loss(logits, batch.targets, batch.weights, HEADS).backward()
    places = slices(HEADS)
    touched = {head.name for head in HEADS if logits.grad[:, places[head.name]].abs().sum() > 0}
    assert touched == {"sentiment", "outage", "intents"}
    praise = places["intents"].start + INTENTS.index("praise")
    assert logits.grad[1].nonzero().flatten().tolist() == [praise, places["outage"].start]
    assert logits.grad[1, places["outage"].start] < 0  # towards yes


@pytest.fixture
def encoder(tmp_path):
    """A random one-layer encoder with a word tokenizer."""
    for name in ("torch", "onnx", "onnxscript"):
        pytest.importorskip(name, reason="the extra [torch] is not installed")
    transformers = pytest.importorskip("transformers", reason="the extra [torch] is not installed")
    folder = tmp_path / "encoder"
    folder.mkdir()
    words = sorted(set(" ".join(DOWN + GREAT).split()))
    size = save_tokenizer(folder, words)
    config = transformers.BertConfig(
        vocab_size=size, hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=64
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def test_the_whole_road_in_small(tmp_path, encoder):
    """Rows → network → ONNX → 8 bits → calibrated folder → readings; stopped half-way and resumed."""
    from classifier.language import Identifier
    from classifier.models.bundled import BundledModel
    from classifier.training.loop import Recipe
    from classifier.training.mixture import Mixture, Part
    from classifier.training.pipeline import build, load_encoder
    from core.domain import Sentiment

    angry = own.answers(json.loads('{"sentiment": "negative", "emotion": "anger", "intents": "outage_report,complaint",'
                                   '"outage": "1", "angry": "1", "impact": "none", "about": "service"}'))  # fmt: skip
    pleased = own.answers(json.loads('{"sentiment": "positive", "emotion": "joy", "intents": "praise",'
                                     '"outage": "0", "angry": "0", "impact": "none", "about": "service"}'))  # fmt: skip
    rows = [Example(text, angry, "own") for text in DOWN] + [Example(text, pleased, "own") for text in GREAT]
    soft = [Example(text, {}, "soft") for text in ("why are you down", "so great help")]
    mixture = Mixture([Part(rows, 40, 40)], rows)
    recipe = Recipe(epochs=3, batch=8, rate=3e-3, head_rate=1e-2, save_every=5, average=0.9)
    out = tmp_path / "model"
    from dataclasses import replace

    config = ModelConfig("amends-small", "2.0", 64, HEADS)
    build(mixture, [], [], load_encoder(encoder, 1), replace(recipe, stop_after=20), out, config)
    assert (out / "work" / "checkpoint.pt").exists()
    build(mixture, soft, [], load_encoder(encoder, 1), recipe, out, config)
    taught = teaching.load(out / "work" / "answers.npz")
    assert len(taught.places) == len(rows) + len(soft)
    build(
        mixture, soft, [], load_encoder(encoder, 1), recipe, tmp_path / "pupil", config, [out / "work" / "answers.npz"]
    )

    model = BundledModel(Identifier(["en"]).identify, folder=out, threads=1)
    assert model.name == "amends-small@2.0"
    bad, good = model.read(["the internet is down again", "thank you great help"])
    assert bad.outage_anger
    assert bad.sentiment is Sentiment.NEGATIVE
    assert good.sentiment is Sentiment.POSITIVE
    assert not good.outage


def test_the_tightened_file_says_what_the_loose_one_said(tmp_path, encoder):
    import onnxruntime

    from classifier.training.export import export
    from classifier.training.network import Network
    from classifier.training.pipeline import load_encoder
    from classifier.training.quantise import quantise
    from classifier.training.tighten import tighten

    loaded = load_encoder(encoder, 1)
    full, loose, tight = (tmp_path / f"{name}.onnx" for name in ("full", "loose", "tight"))
    export(Network(loaded.network, loaded.hidden, HEADS), full, attention_heads=4, hidden=32)
    ids = np.random.default_rng(0).integers(5, 12, (6, 9))
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    quantise(full, loose, [feed])
    tight.write_bytes(loose.read_bytes())
    tighten(tight)
    one, other = (onnxruntime.InferenceSession(path) for path in (loose, tight))
    assert [given.name for given in other.get_inputs()] == ["input_ids"]
    said, again = one.run(["logits"], feed)[0], other.run(["logits"], {"input_ids": ids})[0]
    assert said.shape == (6, width(HEADS))
    assert np.abs(said - again).max() < 0.02 * np.abs(said).max()
    done = tight.read_bytes()
    assert tighten(tight).read_bytes() == done


def test_a_missing_data_set_is_named(tmp_path, encoder):
    with pytest.raises(ConfigError, match=r"is missing; --data"):
        train(tmp_path / "nothing", tmp_path / "out", version="1", encoder=encoder)


def test_without_the_extra_it_says_what_to_install(tmp_path):
    import importlib.util

    if importlib.util.find_spec("torch"):
        pytest.skip("the extra [torch] is installed here")
    with pytest.raises(ConfigError, match=r"amends\[torch\]"):
        train(tmp_path, tmp_path / "out", version="1")
