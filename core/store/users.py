"""People, their log-ins, and the one-time links that make accounts."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, false, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from core.store.base import Base

_LOCK = 0x6E616D65  # any number nobody else uses on this PostgreSQL database


class UserRow(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  # as its owner writes it
    name_key: Mapped[str] = mapped_column(unique=True)  # as it is compared; follows the name by itself
    role: Mapped[str]  # viewer | approver | lead | admin
    password_hash: Mapped[str]  # "": no password, single sign-on only
    email: Mapped[str | None] = mapped_column(
        default=None, unique=True, index=True
    )  # small letters; for single sign-on
    language: Mapped[str] = mapped_column(server_default="", default="")  # of the pages; "": as the browser asks
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    # Counts how often everybody was put out: what was proved before the last time opens nothing any more.
    generation: Mapped[int] = mapped_column(default=0, server_default="0")

    @validates("name")
    def _follow(self, _column: str, name: str) -> str:
        self.name_key = key_of(name)
        return name


class SessionRow(Base):
    """A log-in. Only hashes of its secrets are kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    csrf: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user_agent: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="", default="")
    second_factor: Mapped[bool] = mapped_column(
        server_default=false(), default=False
    )  # was proved, not only a password

    user: Mapped[UserRow] = relationship(lazy="joined")


class SetupRow(Base):
    """The one-time link that makes the first account."""

    __tablename__ = "setup_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginAttemptRow(Base):
    """Failed log-ins, for throttling."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    address: Mapped[str]
    at: Mapped[datetime]


def key_of(name: str) -> str:
    """What two spellings of one name share: case and the way accents are coded do not count.

    Unicode's canonical caseless match (The Unicode Standard, 3.13), in NFC. Made here, not in the database: lower()
    of SQLite knows ASCII only.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def by_name(db: Session, name: str) -> UserRow | None:
    return db.scalar(select(UserRow).where(UserRow.name_key == key_of(name)))


def by_email(db: Session, email: str) -> UserRow | None:
    return db.scalar(select(UserRow).where(UserRow.email == email.lower()))


def one_at_a_time(db: Session) -> None:
    """Until the end of this transaction nobody else makes an account: what is free now is still free when it is taken.

    SQLite has one writer anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def any_user(db: Session) -> bool:
    return db.scalar(select(UserRow.id).limit(1)) is not None


def in_a_list(name: str) -> list[tuple[int, str]]:
    """How names are sorted for people: numbers in them by their size, "Agent 2" before "Agent 10"; case aside."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", key_of(name))]


def everybody(db: Session) -> Sequence[UserRow]:
    """Every account, in the order of a list."""
    return sorted(db.scalars(select(UserRow)), key=lambda row: in_a_list(row.name))


def shut(db: Session) -> frozenset[str]:
    """The keys of the names whose accounts are shut."""
    return frozenset(db.scalars(select(UserRow.name_key).where(UserRow.disabled_at.is_not(None))))


def count_admins(db: Session) -> int:
    """Accounts that may do everything and are not shut.

    They stay so until the end of this transaction: two at once cannot each take another one for the last but one.
    """
    admins = select(UserRow.id).where(UserRow.role == "admin", UserRow.disabled_at.is_(None))
    return len(db.scalars(admins.order_by(UserRow.id).with_for_update()).all())


def held(db: Session, user_id: int, generation: int) -> UserRow | None:
    """An account that is not shut and of which nobody was put out since, held so until the transaction ends.

    On PostgreSQL who puts everybody out waits for us, or we for them and then see it. SQLite has one writer anyway.
    """
    rows = select(UserRow).where(UserRow.id == user_id, UserRow.generation == generation, UserRow.disabled_at.is_(None))
    return db.scalar(rows.with_for_update(key_share=True))


def by_id(db: Session, user_id: int) -> UserRow | None:
    return db.get(UserRow, user_id)
