"""What people corrected leaves as lines that training can read."""

import json
from dataclasses import replace
from types import SimpleNamespace

from amends.exports import run_corrections
from classifier.corrections import read
from core.domain import Intent, Labels
from core.store.mentions import MentionRow
from responder.approval import Actor
from responder.relabel import labels_of, relabel
from tests import factories


def test_corrections_are_exported_in_the_form_of_classify(database, capsys, tmp_path):
    mention = database.mention("Data is back, thanks! 🙂")
    database.mention("nobody corrected this")
    with database.store.read() as db:
        row = db.get_one(MentionRow, mention)
        before, keys = labels_of(row), list(row.reading.value().plain())
    wanted = replace(before, outage=False, intents=(Intent.PRAISE,), relevant=False)
    ana = Actor(id=1, name="Ana", role="approver")
    relabel(database.store, mention_id=mention, seen=0, labels=wanted, actor=ana, clock=database.clock)
    run_corrections(SimpleNamespace(store=database.store, settings=factories.settings()))
    out = capsys.readouterr().out
    line = json.loads(out)
    assert list(line)[: len(keys) + 1] == ["id", *keys]
    assert line["id"] == row.external_id
    assert (line["outage"], line["intents"], line["text"]) == (False, ["praise"], "Data is back, thanks! 🙂")
    assert (line["who"], line["when"], line["model"]) == ("Ana", "2026-11-20T14:00:00+00:00", "bundled@test")
    assert line["from"] == {"outage": True, "intents": ["outage_report", "status_question"], "relevant": True}
    assert line["to"] == {"outage": False, "intents": ["praise"], "relevant": False}
    path = tmp_path / "corrections.jsonl"
    path.write_text(out, encoding="utf-8")
    (found,) = read(path)
    assert isinstance(found.labels, Labels)
    assert found.changed == {"outage", "intents", "relevant"}


def test_a_post_without_words_is_left_out(database, capsys):
    mention = database.mention("Data is back")
    ana = Actor(id=1, name="Ana", role="approver")
    with database.store.read() as db:
        wanted = replace(labels_of(db.get_one(MentionRow, mention)), outage=False)
    relabel(database.store, mention_id=mention, seen=0, labels=wanted, actor=ana, clock=database.clock)
    with database.store.begin() as db:
        db.get_one(MentionRow, mention).text = ""  # erased
    run_corrections(SimpleNamespace(store=database.store, settings=factories.settings()))
    assert capsys.readouterr().out == ""
