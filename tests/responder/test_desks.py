"""Replies that are handed on: as a letter to a desk, as a signed call to a program."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from core import accounts
from core.domain import Eligibility, Target, sha256
from core.errors import AmendsError, ConfigError, OutcomeUnknown, Refused, Transient
from responder.publishers import Keeper
from responder.publishers.email import EmailPublisher
from responder.publishers.webhook import WebhookPublisher
from tests.fakes.mail import FakeMail
from tests.fakes.texts import HARD_TEXTS
from tests.fakes.webhook import SECRET, FakeWebhook

TARGET = Target(
    platform="reddit", external_id="t1_a", author="ann\nBcc: x@evil.example", eligible=Eligibility.TAGGED,
    url="https://www.reddit.com/r/telecom/1",
)  # fmt: skip


@pytest.fixture
def mail() -> Iterator[FakeMail]:
    with FakeMail() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[FakeWebhook]:
    with FakeWebhook() as server:
        yield server


def by_mail(server: FakeMail, **changes: Any) -> EmailPublisher:
    section = {
        "kind": "email", "platforms": ["reddit"], "account": "amends@northwind.example", "to": "desk@northwind.example",
        "host": "127.0.0.1", "port": server.port, "security": "none",
    }  # fmt: skip
    return EmailPublisher("desk", accounts.EmailPublisher.model_validate(section | changes))


def by_hook(server: FakeWebhook, secret: str = SECRET) -> WebhookPublisher:
    section = {"kind": "webhook", "platforms": ["reddit"], "url": f"{server.url}/in", "signing_key": SecretStr(secret)}
    return WebhookPublisher("hook", accounts.WebhookPublisher.model_validate(section))


def test_a_letter_holds_the_exact_text_and_where_it_goes(mail: FakeMail) -> None:
    text = "Désolé \N{FAMILY}, https://status.example.org\n.\nfin"
    sent = by_mail(mail).publish(text, TARGET, key="k1")
    (raw,) = mail.letters
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    body = letter.get_content().replace("\r\n", "\n")
    assert body.startswith(f"{text}\n\n-- \n")
    assert TARGET.url in body
    assert letter["To"] == "desk@northwind.example"
    assert letter["Bcc"] is None
    assert letter["Message-ID"] == sent.external_id
    assert by_mail(mail).publish(text, TARGET, key="k1").external_id == sent.external_id


@pytest.mark.parametrize(
    ("verb", "answer", "error"),
    [
        ("RCPT", "550 nobody here", Refused),
        ("RCPT", "451 later", Transient),
        ("DATA", "554 spam", Refused),
        ("DATA", "451 later", Transient),
        ("DATA", "", OutcomeUnknown),
        ("AUTH", "535 no", ConfigError),
    ],
)
def test_what_a_mail_server_says_is_certain_or_not(
    mail: FakeMail, verb: str, answer: str, error: type[AmendsError]
) -> None:
    if verb == "DATA":
        mail.after_data = answer
    else:
        mail.answers[verb] = answer
    with pytest.raises(error) as caught:
        by_mail(mail, username="amends", password=SecretStr("canary")).publish("Hello", TARGET, key="k1")
    assert type(caught.value) is error
    assert "canary" not in str(caught.value)


def test_no_mail_server_is_certainly_not_sent(mail: FakeMail) -> None:
    publisher = by_mail(mail)
    mail.__exit__()
    with pytest.raises(Transient, match="nothing was sent"):
        publisher.publish("Hello", TARGET, key="k1")


def test_a_letter_cannot_be_read_back_or_taken_down(mail: FakeMail) -> None:
    publisher = by_mail(mail)
    assert not isinstance(publisher, Keeper)
    with pytest.raises(Transient, match=r"desk@northwind\.example"):
        publisher.find("Hello", TARGET, key="k1")


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_the_webhook_gets_the_exact_text_once_for_a_key(hook: FakeWebhook, text: str) -> None:
    publisher = by_hook(hook)
    sent = publisher.publish(text, TARGET, key="k1")
    assert publisher.publish(text, TARGET, key="k1").external_id == sent.external_id
    assert [post.text for post in hook.posts] == [text.encode()]
    body = hook.calls("POST", "/in")[0].json()
    assert (body["sha256"], body["target"], body["key"]) == (sha256(text), "t1_a", "k1")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 503, "after": True}, OutcomeUnknown),
        ({"kind": "reset", "after": True}, OutcomeUnknown),
        ({"kind": "reset"}, OutcomeUnknown),
        ({"kind": "status", "status": 429}, Transient),
        ({"kind": "status", "status": 422}, Refused),
    ],
)
def test_after_a_doubt_the_webhook_is_asked(hook: FakeWebhook, fault: dict[str, Any], error: type[AmendsError]) -> None:
    publisher = by_hook(hook)
    hook.fail(**fault, method="POST")
    with pytest.raises(error) as caught:
        publisher.publish("Hello", TARGET, key="k1")
    assert type(caught.value) is error
    assert len(hook.calls("POST", "/in")) == 1
    found = publisher.find("Hello", TARGET, key="k1")
    assert (found is not None) is bool(fault.get("after"))
    hook.fail("status", status=503, method="GET")
    with pytest.raises(Transient):
        publisher.find("Hello", TARGET, key="k1")


def test_a_wrong_signature_is_for_the_operator(hook: FakeWebhook) -> None:
    with pytest.raises(ConfigError, match="401"):
        by_hook(hook, "another").publish("Hello", TARGET, key="k1")
    with pytest.raises(ConfigError, match="AMENDS_PUBLISHERS_HOOK_SIGNING_KEY"):
        by_hook(hook, "").check()
    assert by_hook(hook).check() == f"posts to {hook.url}/in"


def test_a_post_that_is_only_watched_is_handed_on_by_neither(mail: FakeMail, hook: FakeWebhook) -> None:
    watched = replace(TARGET, eligible=Eligibility.NONE)
    for publisher in (by_mail(mail), by_hook(hook)):
        with pytest.raises(Refused, match="Watch only"):
            publisher.publish("Hello", watched, key="k1")
    assert (mail.letters, hook.posts) == ([], [])
