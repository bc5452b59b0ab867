"""The ``amends user`` commands."""

import getpass
import sys

import typer

from amends.bootstrap import App
from core.errors import InputError
from core.store import users
from dashboards import people, second_factor
from dashboards.auth import ROLES

# Who has the machine has the database: the audit names the way, not a person it could not check.
ACTOR = "command line"


def add(app: App, name: str, role: str) -> None:
    _check(role)  # before a password is typed twice
    people.add(app.store, name=name, role=role, password=_password(), actor=ACTOR, clock=app.clock)
    print(f"{name} is {role} now")


def show(app: App) -> None:
    with app.store.read() as db:
        for row in users.everybody(db):
            print(f"{row.name}: {row.role}{', disabled' if row.disabled_at else ''}")


def set_role(app: App, name: str, role: str) -> None:
    _check(role)
    people.set_role(app.store, name=name, role=role, actor=ACTOR, clock=app.clock)
    print(f"{name} is {role} now")


def set_password(app: App, name: str) -> None:
    people.set_password(app.store, name=name, password=_password(), actor=ACTOR, clock=app.clock)
    print(f"{name} has a new password; all sessions and API tokens are ended")


def disable(app: App, name: str) -> None:
    people.disable(app.store, name=name, actor=ACTOR, clock=app.clock)
    print(f"{name} can no longer log in; all sessions and API tokens are ended")


def reset(app: App, name: str) -> None:
    second_factor.reset(app.store, name=name, actor=ACTOR, clock=app.clock)
    print(f"{name} logs in with the password alone; all sessions are ended")


def _check(role: str) -> None:
    if role not in ROLES:
        raise typer.BadParameter(f"{role!r} is not one of {', '.join(ROLES)}", param_hint="--role")


def _password() -> str:
    """Typed twice without echo, or the first line of a pipe; never an argument, which other users could see."""
    if sys.stdin is None:
        raise InputError("standard input is closed; nothing says the password")
    if not sys.stdin.isatty():
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise InputError("password: not UTF-8 text") from None
    first, second = getpass.getpass("Password: "), getpass.getpass("Again: ")
    if first != second:
        raise InputError("the two passwords differ")
    return first
