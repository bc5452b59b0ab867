"""``amends user``: accounts of the pages."""

import getpass
import sys
from typing import Annotated

import typer

from amends.commands.shared import ACTOR, Config, app_of, group_of
from core.errors import InputError

user = group_of("Accounts of the pages.")
Name = Annotated[str, typer.Argument(help="Name of the account.")]
Role = Annotated[str, typer.Option("--role", help="viewer, approver, lead or admin.")]


@user.command("add")
def add(name: Name, role: Role = "approver", config: Config = None) -> None:
    """Make an account. Asks for the password, or reads it from a pipe."""
    from dashboards import people

    app = app_of(config)
    _check(role)  # before a password is typed twice
    people.add(app.store, name=name, role=role, password=_password(), actor=ACTOR, clock=app.clock)
    print(f"{name} is {role} now")


@user.command("list")
def show(config: Config = None) -> None:
    """List the accounts."""
    from core.store import users

    with app_of(config).store.read() as db:
        for row in users.everybody(db):
            print(f"{row.name}: {row.role}{', disabled' if row.disabled_at else ''}")


@user.command("role")
def set_role(name: Name, role: Role, config: Config = None) -> None:
    """Give an account another role."""
    from dashboards import people

    app = app_of(config)
    _check(role)
    people.set_role(app.store, name=name, role=role, actor=ACTOR, clock=app.clock)
    print(f"{name} is {role} now")


@user.command("password")
def set_password(name: Name, config: Config = None) -> None:
    """Set a new password and end the account's sessions and tokens."""
    from dashboards import people

    app = app_of(config)
    people.set_password(app.store, name=name, password=_password(), actor=ACTOR, clock=app.clock)
    print(f"{name} has a new password; all sessions and API tokens are ended")


@user.command("disable")
def disable(name: Name, config: Config = None) -> None:
    """Shut an account at once."""
    from dashboards import people

    app = app_of(config)
    people.disable(app.store, name=name, actor=ACTOR, clock=app.clock)
    print(f"{name} can no longer log in; all sessions and API tokens are ended")


@user.command("reset")
def reset(name: Name, config: Config = None) -> None:
    """Drop second factor and passkeys of who lost them, and end the account's sessions."""
    from dashboards import second_factor

    app = app_of(config)
    second_factor.reset(app.store, name=name, actor=ACTOR, clock=app.clock)
    print(f"{name} logs in with the password alone; all sessions are ended")


def _check(role: str) -> None:
    from dashboards.auth import ROLES

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
