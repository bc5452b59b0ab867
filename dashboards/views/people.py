"""People: who may do what, invitations, links for a new password, and the sessions of everybody."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import Conflict, InputError, Refused
from core.store import invitations, logins, passkeys, tokens, users
from core.store.users import UserRow
from dashboards import auth, people, second_factor, sign_on
from dashboards.auth import ROLES, Admin, Signed, deps_of
from dashboards.forms import Fields, Form
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page
from dashboards.passwords import SHORTEST, password_problem
from dashboards.views.login import form as open_form
from dashboards.views.login import signed_in

router = APIRouter()
MAY = {
    "viewer": later("sees everything"),
    "approver": later("approves replies"),
    "lead": later("leads incidents and edits facts"),
    "admin": later("does everything, and manages people"),
}


def _address(request: Request, path: str) -> str:
    """Whole, for a message to somebody: behind a proxy only the configuration knows what browsers see."""
    return (deps_of(request).settings.web.public_url or str(request.base_url)).rstrip("/") + path


def _everybody(
    request: Request, signed: Signed, *, made: str = "", problem: str = "", values: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    deps = deps_of(request)
    now = deps.clock()
    with deps.store.read() as db:
        accounts, waiting = users.everybody(db), invitations.open_ones(db, now)
        sessions = logins.count_sessions(db, now)
    return page(
        request,
        "people.html",
        signed,
        title=_("People"),
        status=status,
        accounts=accounts,
        waiting=waiting,
        sessions=sessions,
        roles=ROLES,
        may=MAY,
        made=made,
        problem=problem,
        values=values or {},
        hours=deps.settings.people.invitation_hours,
    )


@router.get("/people")
def show(request: Request, signed: Admin) -> Response:
    return _everybody(request, signed)


@router.post("/people")
def invite(request: Request, signed: Admin, values: Fields) -> Response:
    """``do``: invite (``name``, ``role``), withdraw (``invitation``). The link is shown in the answer, once."""
    deps, form = deps_of(request), Form(values, deps_of(request).settings.brand.zone())
    try:
        match form.text("do"):
            case "invite":
                token = people.invite(
                    deps.store, name=form.text("name"), role=form.text("role"), actor=signed.name,
                    hours=deps.settings.people.invitation_hours, clock=deps.clock,
                )  # fmt: skip
                return _everybody(request, signed, made=_address(request, f"/join/{token}"), values=values)
            case "withdraw":
                people.withdraw(deps.store, token_hash=form.text("invitation"), actor=signed.name, clock=deps.clock)
            case _:
                raise HTTPException(422, _("Choose one of the steps that the page offers."))
    except (Conflict, InputError) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _everybody(request, signed, problem=_sentence(error), values=values, status=status)
    return RedirectResponse("/people", status_code=303)


def _sentence(error: Exception) -> str:
    return _("Nothing was done: %(why)s.", why=heard(str(error)).rstrip("."))


def _found(request: Request, user_id: str) -> UserRow:
    number = int(user_id) if user_id.isascii() and user_id.isdigit() and len(user_id) < 10 else 0
    with deps_of(request).store.read() as db:
        row = users.by_id(db, number)
    if row is None:
        raise HTTPException(404, _("There is no such account."))
    return row


def _one(
    request: Request, signed: Signed, row: UserRow, *, made: str = "", problem: str = "", status: int = 200
) -> Response:
    deps = deps_of(request)
    with deps.store.read() as db:
        sessions = logins.sessions_of(db, row.id, deps.clock())
        keys = passkeys.of_user(db, row.id)
        scripts = len(tokens.working(db, row.id, deps.clock()))
    return page(
        request,
        "person.html",
        signed,
        title=row.name,
        status=status,
        person=row,
        sessions=sessions,
        ways=second_factor.ways_of(deps.store, row.id),
        keys=keys,
        tokens=scripts,
        sign_on_is_set=bool(deps.settings.people.oidc.issuer),
        roles=ROLES,
        may=MAY,
        made=made,
        problem=problem,
        hours=deps.settings.people.reset_hours,
    )


@router.get("/people/{user_id}")
def person(request: Request, signed: Admin, user_id: str) -> Response:
    return _one(request, signed, _found(request, user_id))


@router.post("/people/{user_id}")
def change(request: Request, signed: Admin, user_id: str, values: Fields) -> Response:
    """``do``: role (``role``), disable, enable, email (``email``), reset_factor, password_link, end_session.

    end_session wants ``session``; empty: all.
    """
    row = _found(request, user_id)
    try:
        made = _change(request, signed, row, values)
    except (Conflict, InputError) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _one(request, signed, row, problem=_sentence(error), status=status)
    return _one(request, signed, row, made=made) if made else RedirectResponse(f"/people/{row.id}", status_code=303)


def _change(request: Request, signed: Signed, row: UserRow, values: Mapping[str, str]) -> str:
    """Returns a link to show, or ""."""
    deps, form = deps_of(request), Form(values, deps_of(request).settings.brand.zone())
    store, clock, actor = deps.store, deps.clock, signed.name
    match form.text("do"):
        case "role":
            people.set_role(store, name=row.name, role=form.text("role"), actor=actor, clock=clock)
        case "disable":
            people.disable(store, name=row.name, actor=actor, clock=clock)
        case "enable":
            people.enable(store, name=row.name, actor=actor, clock=clock)
        case "email":
            sign_on.set_email(store, name=row.name, email=form.text("email"), actor=actor, clock=clock)
        case "reset_factor":
            if row.id == signed.id:
                raise Conflict("your own is switched off under your name, with password and code")
            second_factor.reset(store, name=row.name, actor=actor, clock=clock)
        case "password_link":
            hours = deps.settings.people.reset_hours
            token = people.offer_password(store, name=row.name, actor=actor, hours=hours, clock=clock)
            return _address(request, f"/password/{token}")
        case "end_session":
            keep = signed.token_hash if row.id == signed.id else ""
            people.end_sessions(store, user_id=row.id, which=form.text("session"), keep=keep, actor=actor, clock=clock)
        case _:
            raise HTTPException(422, _("Choose one of the steps that the page offers."))
    return ""


# --- the links, for somebody who is not signed in -----------------------------------------------------------------


def _gone(request: Request) -> Response:
    return page(request, "link_gone.html", None, title=_("This link does not work any more"), status=410)


@router.get("/join/{token}")
def see_invitation(request: Request, token: str) -> Response:
    deps = deps_of(request)
    link = people.link_stands(deps.store, token, invitations.ACCOUNT, deps.clock)
    return _join(request, token, link.name, link.role) if link else _gone(request)


def _join(request: Request, token: str, name: str, role: str, *, problem: str = "") -> Response:
    return open_form(
        request, "join.html", status=422 if problem else 200, title=_("Join"), token=token, name=name, role=role,
        problem=problem, shortest=SHORTEST, may=MAY,
    )  # fmt: skip


@router.post("/join/{token}")
def join(request: Request, token: str, values: Fields) -> Response:
    deps = deps_of(request)
    link = people.link_stands(deps.store, token, invitations.ACCOUNT, deps.clock)
    if link is None:
        return _gone(request)
    name, password = values.get("name", ""), values.get("password", "")
    problem = heard(password_problem(password))
    try:
        if not problem:
            made = people.join(deps.store, token=token, name=name, password=password, clock=deps.clock)
            return signed_in(request, auth.Proved(made, 0), "/")
    except Refused:
        return _gone(request)
    except (Conflict, InputError) as error:
        problem = heard(str(error))
    return _join(request, token, name[:200], link.role, problem=problem)


@router.get("/password/{token}")
def see_password_link(request: Request, token: str) -> Response:
    deps = deps_of(request)
    link = people.link_stands(deps.store, token, invitations.PASSWORD, deps.clock)
    return _new_password(request, token, link.name) if link else _gone(request)


def _new_password(request: Request, token: str, name: str, *, problem: str = "") -> Response:
    return open_form(
        request, "new_password.html", status=422 if problem else 200, title=_("New password"), token=token, name=name,
        problem=problem, shortest=SHORTEST,
    )  # fmt: skip


@router.post("/password/{token}")
def take_password(request: Request, token: str, values: Fields) -> Response:
    """Sets it and leads to the log-in: a link alone opens no session."""
    deps = deps_of(request)
    link = people.link_stands(deps.store, token, invitations.PASSWORD, deps.clock)
    if link is None:
        return _gone(request)
    if problem := password_problem(values.get("password", "")):
        return _new_password(request, token, link.name, problem=heard(problem))
    try:
        people.take_password(deps.store, token=token, password=values["password"], clock=deps.clock)
    except Refused:
        return _gone(request)
    return RedirectResponse("/login", status_code=303)
