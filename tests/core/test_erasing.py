"""What is erased is gone from every table, and from the bytes of the file; what must stay for the record stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.domain import Gone, sha256
from core.store import Session, Store, audit, audit_check, erasing, schema
from core.store.alerts import AlarmRow
from core.store.audit import AuditRow, sealer_of
from core.store.case_merges import CaseMergeRow
from core.store.cases import CaseRow
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.desk import NoteRow
from core.store.drafts import DraftRow
from core.store.erasing import Wanted
from core.store.feedback import FeedbackRow
from core.store.mentions import MentionRow
from core.store.promises import PromiseRow, PromiseWordRow
from core.store.shares import ShareRow
from tests.factories import BRAND, START, Database, seal

AUTHOR, NAME, NUMBER, WORD = "quixotl", "Quixotl Vandermeer", "author-9931", "mermaidsong"
TRACES = (AUTHOR, "Vandermeer", NUMBER, WORD)
REPLY = f"You wrote {WORD}, and we are on it. We will credit you for the {WORD}."


def furnish(database: Database, *, status: str = "sent", external_id: str = "777") -> int:
    """A post whose words stand wherever words of customers can come to stand; returns its id."""
    number = database.mention(
        f"@northwind {WORD} again! " * 200,  # over several pages of a file
        author=AUTHOR, author_name=NAME, author_id=NUMBER, url=f"https://x.example/{AUTHOR}/{WORD}", named=[AUTHOR],
        external_id=external_id, community=WORD,
    )  # fmt: skip
    draft = database.draft(
        number, REPLY, status="approved" if status == "approved" else "done", written=REPLY, reason=f"too much {WORD}",
        findings=[{"check": "figure", "level": "warn", "start": 0, "end": 1, "message": f"'{WORD}' is odd"}],
        grounds=[{"start": 0, "end": 9, "move": "own", "slots": {"name": WORD}}],
    )  # fmt: skip
    user = database.user(f"Ana {external_id}")
    with database.store.begin() as db:
        post = db.get_one(MentionRow, number)
        case = db.get_one(CaseRow, post.case_id)
        case.escalation = f"they sing {WORD}"
        approval = _approval(draft, user, external_id)
        db.add(approval)
        db.flush()
        _deliver(db, approval, status)
        db.add(NoteRow(case_id=case.id, author_id=user, author="Ana", at=START, text=f"{AUTHOR} says {WORD}"))
        heard = {"kind": "complaint", "department": "shops", "why": WORD, "result": WORD, "reply_note": WORD}
        db.add(FeedbackRow(brand=BRAND, mention_id=number, routed_at=START, **heard))
        said = {"from": {"escalation": WORD}, "into": {"escalation": ""}, "became": {"escalation": WORD}}
        db.add(
            CaseMergeRow(from_id=case.id, into_id=case.id, status="undone", at=START, actor_id=user, moved={}, was=said)
        )
        _promise(db, approval.id, case.id)
        _decisions(db, draft, case.id)
    return number


def _promise(db: Session, approval: int, case: int) -> None:
    at = {"made_at": START, "case_id": case}
    promise = PromiseRow(brand=BRAND, kind="credit", text=REPLY, owner="Ana", due_at=START, reason=WORD, **at)
    db.add(promise)
    db.flush()
    said = {"source": f"approval:{approval}", "start": 0, "sentence": REPLY, "approval_id": approval}
    db.add(PromiseWordRow(promise_id=promise.id, **said, **at))
    words = {"title": f"Promise is overdue: {REPLY}", "body": REPLY, "occasion": "", "path": "", "status": "sent"}
    subject = {"kind": "promise", "subject": f"promise:{promise.id}", "number": 1}
    db.add(AlarmRow(brand=BRAND, raised_at=START, reached=[], **subject, **words))


def _approval(draft: int, user: int, external_id: str) -> ApprovalRow:
    return ApprovalRow(
        draft_id=draft, draft_version=1, text=REPLY, sha256=sha256(REPLY), platform="x", target_id=external_id,
        account="northwind", publisher="console", sheet_version=0, approver_id=user, approved_at=START,
        release_at=START, expires_at=START + timedelta(hours=1),
    )  # fmt: skip


def _deliver(db: Session, approval: ApprovalRow, status: str) -> None:
    row = DeliveryRow(
        approval_id=approval.id, text=REPLY, sha256=approval.sha256, platform="x", target_id=approval.target_id,
        account="northwind", key=f"key-{approval.id}", status="approved", not_before=START,
        differs=WORD, look_problem=WORD, taken_down=WORD, problem=WORD, url=f"https://x.example/{WORD}",
    )  # fmt: skip
    db.add(row)
    db.flush()
    for step in {"approved": (), "sending": ("sending",), "sent": ("sending", "sent")}[status]:
        row.status = step
        db.flush()


def _decisions(db: Session, draft: int, case: int) -> None:
    for action, subject, detail in (
        ("draft.edited", f"draft:{draft}", {"before": REPLY, "after": REPLY + "."}),
        ("draft.approved", f"draft:{draft}", {"sha256": sha256(REPLY), "account": "northwind"}),
        ("case.escalated", f"case:{case}", {"reason": WORD}),
        ("author.opted_out", f"x:{AUTHOR}", {"mention": 1}),
        ("incident.opened", "incident:9", {"what": "somebody else's"}),
    ):
        audit.record(db, actor="Ana", action=action, subject=subject, now=START, **detail)


def traces(store: Store) -> list[str]:
    """Every table and column that still holds something of the author."""
    found = []
    with store.read() as db:
        for table in schema.metadata.sorted_tables:
            for row in db.execute(table.select()):
                values = row._mapping.items()
                found += [f"{table.name}.{name}" for name, value in values if any(t in str(value) for t in TRACES)]
    return sorted(set(found))


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("amends.db*")))


def erase(store: Store, *numbers: int, why: Gone = Gone.ERASED) -> dict[str, int]:
    with store.begin() as db:
        return dict(erasing.erase(db, numbers, why=why, actor="Lena", now=START))


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises((IntegrityError, DBAPIError), match=words):
        yield


def test_nothing_of_a_person_is_left_in_any_table(any_database: Database, tmp_path: Path) -> None:
    store = any_database.store
    seal(store, tmp_path, any_database.clock)
    number = furnish(any_database)
    any_database.draft(number, f"Once more on the {WORD}.")  # waits, so it can be searched
    assert len(traces(store)) > 30  # it stood nearly everywhere
    done = erase(store, number)
    assert traces(store) == []
    assert done == {"posts": 1, "busy": 0, "drafts": 2, "replies": 1, "notes": 1, "audit": 3}


def test_nothing_is_left_in_the_bytes_of_the_file(tmp_path: Path, database: Database) -> None:
    for each in range(60):
        database.mention(f"somebody else {each} " * 40, author=f"other{each}")
    numbers = [furnish(database, external_id=str(700 + each)) for each in range(8)]
    assert WORD.encode() in bytes_of(tmp_path)
    erase(database.store, *numbers)
    assert erasing.settle(database.store, whole=False)
    left = bytes_of(tmp_path)
    assert [trace for trace in TRACES if trace.encode() in left] == []
    assert erasing.settle(database.store, whole=True)
    assert b"somebody else 59" in bytes_of(tmp_path)


def test_a_log_that_somebody_reads_is_emptied_later(database: Database, tmp_path: Path) -> None:
    number = furnish(database)
    with database.store.read() as reading:
        reading.query(MentionRow).all()
        erase(database.store, number)
        assert not erasing.settle(database.store, whole=False)
        assert WORD.encode() in bytes_of(tmp_path)
    assert erasing.settle(database.store, whole=False)
    assert WORD.encode() not in bytes_of(tmp_path)


def test_what_must_stay_for_the_record_stays(any_database: Database, tmp_path: Path) -> None:
    store = any_database.store
    seal(store, tmp_path, any_database.clock)
    number = furnish(any_database)
    erase(store, number)
    with store.read() as db:
        post = db.get_one(MentionRow, number)
        assert (post.platform, post.external_id, post.followers, post.status) == ("x", "777", 120, "gone")
        assert post.reading is not None
        assert post.reading.outage
        reply = db.query(DeliveryRow).one()
        assert (reply.status, reply.sha256, reply.approval.sha256) == ("sent", sha256(REPLY), sha256(REPLY))
        assert reply.approval.approved_at == START
        assert db.query(AuditRow).filter_by(action="draft.approved").one().detail["sha256"] == sha256(REPLY)
        entry = db.query(AuditRow).filter_by(action="posts.erased").one()
        assert (entry.actor, entry.detail["posts"], entry.detail["why"]) == ("Lena", 1, "erased")


def test_the_audit_chain_still_verifies_and_still_finds_changes(any_database: Database, tmp_path: Path) -> None:
    store = any_database.store
    with store.begin() as db:  # before there was a key
        audit.record(db, actor="Ana", action="author.resumed", subject=f"x:{AUTHOR}", now=START, reason=WORD)
    seal(store, tmp_path, any_database.clock)
    erase(store, furnish(any_database))
    with store.read() as db:
        assert audit_check.verify(db, sealer_of(db)).problem == ""
        victim = db.query(AuditRow).filter_by(action="draft.approved").one().id
        keyless = db.query(AuditRow).order_by(AuditRow.id).first()
        assert keyless is not None
        assert keyless.subject == "erased"
    with store.begin() as db:  # the guard lets a row be emptied, but nobody vouches for this one
        db.execute(text("UPDATE audit SET detail = '{\"erased\": true}' WHERE id = :id"), {"id": victim})
    with store.read() as db:
        assert "was emptied, and no erasure tells of it" in audit_check.verify(db, sealer_of(db)).problem


@pytest.mark.parametrize("change", ["actor = 'Eve'", "detail = '{}'", "subject = 'erased'", "hash = 'x'"])
def test_a_row_of_the_audit_is_emptied_or_stays(any_database: Database, change: str) -> None:
    with any_database.store.begin() as db:
        row = audit.record(db, actor="Ana", action="draft.edited", subject="draft:1", now=START, before=WORD).id
    with refused("append-only"), any_database.store.begin() as db:
        db.execute(text(f"UPDATE audit SET {change} WHERE id = :id"), {"id": row})


def test_what_was_approved_is_refused_and_nothing_brings_it_back(any_database: Database) -> None:
    store = any_database.store
    number = furnish(any_database, status="approved")
    erase(store, number, why=Gone.DELETED)
    with store.read() as db:
        draft, reply = db.query(DraftRow).one(), db.query(DeliveryRow).one()
        assert (draft.status, draft.reason) == ("superseded", "The post was deleted by its author.")
        assert (reply.status, reply.problem, reply.text) == ("refused", draft.reason, "")
        assert reply.approval.revoked_at == START
    for back in ("UPDATE drafts SET status = 'waiting'", "UPDATE drafts SET status = 'approved'"):
        with refused("the post is gone"), store.begin() as db:
            db.execute(text(back))
    with refused("does not come back"), store.begin() as db:
        db.execute(text("UPDATE mentions SET text = 'again' WHERE gone <> ''"))
    with refused("the post is gone"):
        any_database.draft(number)
    with store.begin() as db:
        approval = _approval(draft.id, reply.approval.approver_id, "777")
        db.add(approval)
        db.flush()
        with refused("the post is gone|approved"):
            _deliver(db, approval, "approved")
        db.rollback()


def test_a_reply_keeps_its_words_while_its_post_is_there(any_database: Database) -> None:
    furnish(any_database)
    for table in ("deliveries", "approvals"):
        with refused("never changes|only ever revoked"), any_database.store.begin() as db:
            db.execute(text(f"UPDATE {table} SET text = ''"))


def test_a_post_that_is_just_being_answered_waits_for_the_outcome(any_database: Database) -> None:
    number = furnish(any_database, status="sending")
    assert erase(any_database.store, number) == {"posts": 0, "busy": 1}
    with any_database.store.begin() as db:
        db.query(DeliveryRow).one().status = "sent"
    assert erase(any_database.store, number)["posts"] == 1


def test_other_posts_of_the_case_stay_and_get_another_draft(any_database: Database) -> None:
    store, number = any_database.store, furnish(any_database)
    with store.read() as db:
        case = db.get_one(MentionRow, number).case_id
    other = any_database.mention("@northwind still nothing", case_id=case, author=AUTHOR)
    any_database.draft(other, f"You told us of the {WORD} before.")
    erase(store, number)
    with store.read() as db:
        kept = db.get_one(MentionRow, other)
        assert (kept.status, kept.text, kept.author) == ("read", "@northwind still nothing", AUTHOR)
        assert db.get_one(CaseRow, case).author == AUTHOR
        assert [draft.text for draft in db.query(DraftRow)] == ["", ""]


def test_who_is_meant(any_database: Database) -> None:
    store, first = any_database.store, furnish(any_database)
    renamed = any_database.mention("now I am called so", author="another", author_id=NUMBER)
    old = any_database.mention("long ago", created_at=START - timedelta(days=400))
    with store.begin() as db:
        db.add(ShareRow(platform="x", external_id="5", share_of="6", author=AUTHOR, created_at=START))
        db.add(ShareRow(platform="x", external_id="7", share_of="6", author="else", created_at=START))
    with store.begin() as db:
        assert erasing.ids(db, Wanted(platform="x", author="QuixotL")) == [first, renamed]
        assert erasing.ids(db, Wanted(platform="reddit", author=AUTHOR)) == []
        assert erasing.ids(db, Wanted(platform="x", external_id="777")) == [first]
        assert erasing.ids(db, Wanted(platform="x", external_id=f"https://x.example/{AUTHOR}/{WORD}")) == [first]
        assert erasing.ids(db, Wanted(before=START - timedelta(days=1))) == [old]
        assert erasing.forget_reposts(db, "x", AUTHOR.upper()) == 1
