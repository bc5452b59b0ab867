"""Replies tell customers what they need, and little besides."""

from responder.writers.known import TEXTS, units
from responder.writers.playbook import PlaybookWriter
from tests.responder.needed_posts import of_set, replies, says


def test_what_a_customer_needs_is_mostly_told_and_little_besides() -> None:
    needing = told = said = welcome = 0
    for case, reply in replies(of_set("approver"), PlaybookWriter()):
        stands = [part for fact in TEXTS for part in units(case.sheet.facts.get(fact, " ")) if says(reply, part)]
        said += len(stands)
        welcome += sum(part in (*case.tell, *case.may) for part in stands)
        needing += bool(case.tell)
        told += any(says(reply, part) for part in case.tell)
    assert told / needing >= 0.58
    assert welcome / said >= 0.44


def test_every_labelled_post_can_be_read_and_no_sentence_is_both_needed_and_hurtful() -> None:
    for case in (*of_set("approver"), *of_set("replied")):
        assert case.post.strip()
        assert not {*case.tell, *case.may} & {*case.never}
