"""Which addresses of fact sheets answer, as a job found them last."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import FactSheet
from core.store.base import Base

ADDRESS = re.compile(r"https?://[^\s<>()\"'«»“”]+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


class LinkRow(Base):
    """One address. ``ok`` changes only after two looks in a row that say the same: one slow answer is no outage."""

    __tablename__ = "links"

    url: Mapped[str] = mapped_column(primary_key=True)
    ok: Mapped[bool]
    said: Mapped[str]  # what was seen last, for people: "200", "404", "no answer in 5 s"
    against: Mapped[int] = mapped_column(default=0)  # looks in a row that contradict ``ok``
    checked_at: Mapped[datetime]
    since: Mapped[datetime]  # when ``ok`` became what it is


def addresses_in(text: str) -> list[str]:
    """The web addresses of a text, without the mark that ends their sentence."""
    return [found.rstrip(".,;:!?") for found in ADDRESS.findall(text)]


def all_of(db: Session) -> Sequence[LinkRow]:
    return db.scalars(select(LinkRow).order_by(LinkRow.url)).all()


def down(db: Session) -> frozenset[str]:
    """The addresses that do not answer."""
    return frozenset(db.scalars(select(LinkRow.url).where(LinkRow.ok.is_(False))))


def forget_others(db: Session, wanted: Collection[str]) -> None:
    """Drops what no sheet and no setting names any more."""
    db.execute(delete(LinkRow).where(LinkRow.url.not_in(list(wanted))))


def alive(sheet: FactSheet, dead: Collection[str]) -> FactSheet:
    """The sheet without the addresses that do not answer, and without the sentences that point to them."""
    if not dead:
        return sheet
    return replace(
        sheet, links=tuple(link for link in sheet.links if link not in dead), facts=without(sheet.facts, dead)
    )


def without(texts: Mapping[str, str], dead: Collection[str]) -> dict[str, str]:
    """Facts without the sentences that point to a dead address; a fact of which nothing is left is absent."""
    kept = {name: _without(text, dead) for name, text in texts.items()} if dead else dict(texts)
    return {name: text for name, text in kept.items() if text}


def _without(text: str, dead: Collection[str]) -> str:
    if not any(address in dead for address in addresses_in(text)):
        return text
    sentences = _SENTENCE_END.split(text)
    return " ".join(each for each in sentences if not any(address in dead for address in addresses_in(each)))
