"""The JSON API: who may ask what, what it answers, and that its description is true."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from core.settings import Brand, Settings, Web
from core.store import audit, desk
from core.store.cases import CaseRow
from core.store.deliveries import DeliveryRow
from core.store.drafts import DraftRow
from core.store.users import UserRow
from dashboards import api, bodies, tokens
from dashboards.api.limits import Limit
from dashboards.auth import Signed
from tests.dashboards.visiting import Visitor, new_user, sign_in, visit
from tests.factories import BRAND

EVERY = tuple(tokens.SCOPES)


class House:
    """A service with something in it, and a script that asks it."""

    def __init__(self, folder: Path, **web: Any) -> None:
        brand = Brand(name=BRAND, handles=("@northwind",), time_zone="America/Toronto")
        self.visitor: Visitor = visit(folder, "lead", settings=Settings(brand=brand, web=Web(**web)))
        self.rows, self.store, self.clock = self.visitor.rows, self.visitor.deps.store, self.visitor.clock
        self.script = TestClient(self.visitor.client.app, raise_server_exceptions=False)

    def token(self, *scopes: str, days: int | None = None, owner: str = "Lena") -> dict[str, str]:
        """The headers of a new token of the lead."""
        lead = Signed(1, owner, "lead", "", "")
        _, secret = tokens.make(
            self.store, owner=lead, name="bridge", scopes=scopes or EVERY, days=days, clock=self.clock
        )
        return {"Authorization": f"Bearer {secret}"}

    def fill(self) -> int:
        """Two mentions of one case, one with a waiting draft, and an incident; returns the incident's id."""
        incident = self.rows.incident()
        self.rows.fact(incident, "cause", "A faulty router in Toronto.")
        self.rows.timeline(incident, "opened as identified")
        case = self.rows.case(incident_id=incident, stage="anger", persona="work")
        self.rows.mention(case_id=case)
        finding = {"check": "figures", "level": "block", "start": 0, "end": 1, "message": "No."}
        self.rows.draft(self.rows.mention(case_id=case), incident_id=incident, sheet_version=1, findings=[finding])
        self.visitor.mentions(3, hours_ago=1, outage=True, angry=True)
        return incident


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.store.close()


def routes(house: House) -> set[tuple[str, str]]:
    """Everything that answers below /api/v1."""
    app: Any = house.visitor.client.app
    mounted = next(route for route in app.routes if isinstance(route, Mount) and route.path == api.PREFIX)
    own = [each for route in mounted.routes for each in _inside(route)]
    return {(method, api.PREFIX + route.path) for route in own for method in (route.methods or set()) - {"HEAD"}}


def _inside(route: Any) -> list[Route]:
    """A route itself, or those of the router that was included."""
    return route.original_router.routes if hasattr(route, "original_router") else [route]


def doc(house: House) -> dict[str, Any]:
    return house.script.get("/api/v1/openapi.json").json()


def fits(description: dict[str, Any], method: str, path: str, answer: Any) -> None:
    """Holds a real answer against the description."""
    assert answer.status_code == 200, answer.text
    schema = description["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {"components": description["components"]} | schema
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer.json())


def problem(answer: Any, status: int, said: str = "") -> dict[str, Any]:
    """An error of the interface: problem details with one sentence."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    told = answer.json()
    assert told["status"] == status
    assert said in told["detail"]
    assert "\n" not in told["detail"]
    return told


# --- the description -------------------------------------------------------------------------------------------


def test_every_route_is_described_and_asks_for_a_scope(house: House) -> None:
    description = doc(house)
    assert description["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, all_of in description["paths"].items() for method in all_of}
    assert described == routes(house) - {("GET", "/api/v1/openapi.json")}
    for method, path in described:
        operation = description["paths"][path][method.lower()]
        assert operation["security"], (method, path)
        assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert description["paths"]["/api/v1/mentions"]["post"]["security"] == [{"token": ["import"]}]


def test_real_answers_are_as_described(house: House) -> None:
    incident, headers, description = house.fill(), house.token(), doc(house)
    asked = {
        "/api/v1/mentions": "/api/v1/mentions",
        "/api/v1/mentions/{mention}": "/api/v1/mentions/1",
        "/api/v1/incidents": "/api/v1/incidents",
        "/api/v1/incidents/{incident}": f"/api/v1/incidents/{incident}",
        "/api/v1/incidents/{incident}/review": f"/api/v1/incidents/{incident}/review",
        "/api/v1/queue": "/api/v1/queue",
        "/api/v1/trends": "/api/v1/trends?range=7d",
        "/api/v1/money": "/api/v1/money",
        "/api/v1/promotions/hold": "/api/v1/promotions/hold",
        "/api/v1/status": "/api/v1/status",
    }
    assert {path for method, path in routes(house) if method == "GET"} == {*asked, "/api/v1/openapi.json"}
    for path, address in asked.items():
        fits(description, "get", path, house.script.get(address, headers=headers))
    body = house.script.post("/api/v1/mentions", json=[line(1)], headers=headers)
    fits(description, "post", "/api/v1/mentions", body)
    body = house.script.post("/api/v1/promotions/hold", json={"id": "1"}, headers=headers)
    fits(description, "post", "/api/v1/promotions/hold", body)
    edited = house.script.patch(f"/api/v1/incidents/{incident}", json={"version": 1, "title": "New"}, headers=headers)
    fits(description, "patch", "/api/v1/incidents/{incident}", edited)
    wrong = house.script.get("/api/v1/queue").json()
    shape = {"$ref": "#/components/schemas/Problem", "components": description["components"]}
    Draft202012Validator(shape).validate(wrong)


# --- who may ask -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [{}, {"Authorization": "Bearer amends_wrong"}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}],
)
def test_without_a_token_that_stands_nothing_is_said(house: House, given: dict[str, str]) -> None:
    for method, path in routes(house) - {("GET", "/api/v1/openapi.json")}:
        answer = house.script.request(method, path.replace("{", "").replace("}", ""), headers=given)
        if path.endswith("/hold"):
            problem(answer, 401 if "amends_" in str(given) else 403)
        elif "{" not in path:
            assert problem(answer, 401)["title"] == "Unauthorized"
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_does_what_its_scopes_say_and_no_more(house: House) -> None:
    incident = house.fill()
    tries = {
        "read": ("GET", "/api/v1/queue", None),
        "import": ("POST", "/api/v1/mentions", [line(1)]),
        "incidents": ("PATCH", f"/api/v1/incidents/{incident}", {"version": 1, "title": "New"}),
        "promotions": ("GET", "/api/v1/promotions/hold", None),
    }
    assert tries.keys() == tokens.SCOPES.keys()
    for scope in tries:
        headers = house.token(scope)
        for wanted, (method, path, body) in tries.items():
            answer = house.script.request(method, path, json=body, headers=headers)
            if wanted == scope:
                assert answer.status_code == 200, answer.text
            else:
                problem(answer, 403, f"lacks the scope {wanted}")


def test_a_token_ends_with_its_time_its_owner_and_its_owners_role(house: House) -> None:
    short, long = house.token("read", days=1), house.token("read", "import")
    house.clock.forward(days=1)
    problem(house.script.get("/api/v1/status", headers=short), 401, "has ended")
    assert house.script.get("/api/v1/status", headers=long).status_code == 200
    with house.store.begin() as db:
        db.get_one(UserRow, 1).role = "approver"
    assert house.script.get("/api/v1/status", headers=long).status_code == 200
    problem(house.script.post("/api/v1/mentions", json=[line(1)], headers=long), 403, "needs an owner who is lead")
    with house.store.begin() as db:
        db.get_one(UserRow, 1).disabled_at = house.clock()
    problem(house.script.get("/api/v1/status", headers=long), 401)


def test_who_is_signed_in_may_read_and_changes_nothing_from_here(house: House) -> None:
    house.fill()
    assert house.visitor.client.get("/api/v1/queue").status_code == 200
    problem(house.visitor.client.post("/api/v1/mentions", json=[line(1)]), 401)
    problem(house.visitor.client.patch("/api/v1/incidents/1", json={"version": 1, "title": "New"}), 401)


def test_no_token_approves_or_sends(house: House) -> None:
    """With every scope there is, at every address that takes a change, a waiting draft waits on."""
    house.fill()
    headers = house.token() | {"X-CSRF-Token": "x", "Origin": "http://testserver"}
    changes = {(method, path) for method, path in routes(house) if method != "GET"}
    assert changes == {
        ("POST", "/api/v1/mentions"),
        ("PATCH", "/api/v1/incidents/{incident}"),
        ("POST", "/api/v1/promotions/hold"),
    }
    seen = {"version": 1, "text": "Mobile data is down in Ontario, and that is on us."}
    for path in ("approve", "edit", "reject", "undo"):
        for address in (f"/queue/1/{path}", f"/api/v1/queue/1/{path}"):
            answer = house.script.post(address, json=seen | {"reason": ""}, headers=headers)
            assert answer.status_code in (401, 403, 404)
    assert house.script.post("/deliveries/1/settle", json={"sent": True}, headers=headers).status_code in (401, 403)
    with house.store.read() as db:
        assert db.get_one(DraftRow, 1).status == "waiting"
        assert db.get(DeliveryRow, 1) is None


def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    house = House(tmp_path, api_per_minute=1)
    headers = house.token("read")
    assert house.script.get("/api/v1/queue", headers=headers).status_code == 200
    answer = house.script.get("/api/v1/queue", headers=headers)
    problem(answer, 429, "ask again in")
    assert int(answer.headers["retry-after"]) in range(1, 61)
    assert house.script.get("/api/v1/queue", headers=house.token("read")).status_code == 200


def test_a_limit_refills_evenly_and_forgets_nobody_who_asks() -> None:
    now = [0.0]
    limit = Limit(60, clock=lambda: now[0])
    assert [limit.wait("a") for _ in range(60)] == [0.0] * 60
    assert limit.wait("a") == 1.0
    assert limit.wait("b") == 0.0
    now[0] = 2.5
    assert [limit.wait("a"), limit.wait("a"), limit.wait("a")] == [0.0, 0.0, 0.5]


# --- mentions --------------------------------------------------------------------------------------------------


def line(number: int, **changes: Any) -> dict[str, Any]:
    made = {"id": f"p{number}", "platform": "x", "author": f"sam{number}", "text": f"@northwind no data ({number})"}
    return made | {"created_at": "2026-11-20T08:05:00-05:00"} | changes


def test_mentions_come_page_by_page_newest_first_and_once_each(house: House) -> None:
    headers = house.token("read")
    now = house.clock()
    for number in range(7):
        house.rows.mention(created_at=now if number < 4 else now.replace(hour=number), author=f"a{number}")
    got: list[int] = []
    after = ""
    while after is not None:
        page = house.script.get("/api/v1/mentions", params={"limit": 3, "after": after}, headers=headers).json()
        got += [each["mention"] for each in page["mentions"]]
        after = page["next"]
        if len(got) == 3:
            house.rows.mention(created_at=now.replace(hour=23))  # what comes meanwhile shifts nothing
    assert got == [4, 3, 2, 1, 7, 6, 5]


@pytest.mark.parametrize(
    ("query", "found"),
    [("platform=reddit", {2}), ("since=2026-11-20T13:00:00Z", {1, 3}),
     ("until=2026-11-20T13:00:00+00:00", {2}), ("since=2026-11-20T08:00:00-05:00", {1, 3}), ("outage=true", {1, 3}),
     ("outage=false", {2}), ("stage=anxiety", {3}), ("status=watched", {2}), ("platform=x&angry=true", {1, 3}),
     ("incident=1", {3}), ("relevant=false", set())],
)  # fmt: skip
def test_mentions_are_filtered(house: House, query: str, found: set[int]) -> None:
    now = house.clock()
    house.rows.mention(created_at=now)
    calm = {"outage": False, "angry": False}
    house.rows.mention(platform="reddit", status="watched", created_at=now.replace(hour=9), reading=calm)
    case = house.rows.case("kim", stage="anxiety", incident_id=house.rows.incident())
    house.rows.mention(case_id=case, created_at=now)
    answer = house.script.get(f"/api/v1/mentions?{query}", headers=house.token("read"))
    assert {each["mention"] for each in answer.json()["mentions"]} == found


@pytest.mark.parametrize(
    ("query", "said"),
    [("colour=x", "colour: is not known here"), ("platform=myspace", "platform:"), ("since=soon", "since:"),
     ("since=2026-11-20T13:00:00", "since:"), ("limit=0", "limit:"), ("limit=201", "limit:"), ("after=%ff", "after:"),
     ("after=bm90aGluZw", "after:"), ("since=0001-01-01T00:00:00%2B14:00", "since:"), ("incident=0", "incident:")],
)  # fmt: skip
def test_what_cannot_be_asked_is_named(house: House, query: str, said: str) -> None:
    problem(house.script.get(f"/api/v1/mentions?{query}", headers=house.token("read")), 422, said)


def test_mentions_are_brought_in_and_bad_lines_named(house: House) -> None:
    headers = house.token("import", "read")
    bad = [line(2, platform="myspace"), 7, line(3, created_at="soon")]
    told = house.script.post("/api/v1/mentions", json=[line(1), *bad], headers=headers).json()
    assert (told["new"], told["known"], told["errors_left_out"]) == (1, 0, 0)
    assert [each["line"] for each in told["errors"]] == [2, 3, 4]
    assert told["errors"][0]["problem"].startswith("platform:")
    lines = "\n".join(["{", json.dumps(line(1)), "", json.dumps(line(4, text="@northwind still down"))])
    told = house.script.post(
        "/api/v1/mentions", content=lines, headers=headers | {"Content-Type": "application/x-ndjson"}
    )
    assert (told.json()["new"], told.json()["known"], told.json()["errors"][0]["line"]) == (1, 1, 1)
    kept = house.script.get("/api/v1/mentions", headers=headers).json()["mentions"]
    assert [(each["id"], each["eligible"], each["status"]) for each in kept] == [
        ("p4", "tagged", "new"),
        ("p1", "tagged", "new"),
    ]
    with house.store.read() as db:
        row = audit.newest(db)[0]
    assert (row.actor, row.action, row.detail["new"]) == ("Lena, token bridge", "mentions.imported", 1)


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("body", ["", "nonsense", "{}", "[" * 5000, '[{"id": 1}]', "\x00", "[]"])
def test_a_body_without_a_good_line_is_refused(house: House, body: str, kind: str) -> None:
    headers = house.token("import") | {"Content-Type": kind}
    problem(house.script.post("/api/v1/mentions", content=body, headers=headers), 422)


def test_a_post_about_something_else_is_not_wanted(house: House) -> None:
    """Only the brand's own query could tell; here there is none, so everything is."""
    told = house.script.post(
        "/api/v1/mentions", json=[line(1, author="northwind")], headers=house.token("import")
    ).json()
    assert (told["own"], told["new"]) == (1, 0)


# --- incidents -------------------------------------------------------------------------------------------------


def test_facts_are_edited_on_the_version_that_was_seen(house: House) -> None:
    incident, headers = house.fill(), house.token("incidents", "read")
    address = f"/api/v1/incidents/{incident}"
    body = {"version": 1, "facts": {"scope": "Ontario", "cause": None}, "status": "monitoring", "next_update_at": None}
    told = house.script.patch(address, json=body, headers=headers).json()
    assert (told["sheet_version"], told["status"], told["facts"]) == (2, "monitoring", {"scope": "Ontario"})
    assert told["next_update_at"] is None
    assert told["timeline"][-1]["who"] == "Lena, token bridge"
    problem(house.script.patch(address, json=body, headers=headers), 409, "somebody changed this fact sheet")
    assert house.script.get(address, headers=headers).json()["components"] == ["mobile data"]


def test_a_fact_that_is_held_back_stays_so_until_it_is_published(house: House) -> None:
    address, headers = f"/api/v1/incidents/{house.fill()}", house.token("incidents")

    def edit(**body: Any) -> list[str]:
        return house.script.patch(address, json=body, headers=headers).json()["held_back"]

    assert edit(version=1, facts={"cause": "A partner"}, hold_back=["cause"]) == ["cause"]
    assert edit(version=2, facts={"cause": "A partner's router"}) == ["cause"]
    assert edit(version=3, facts={"cause": "A router"}, publish=["cause"]) == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [({}, 422, "version: is missing"), ({"version": 1, "colour": "red"}, 422, "colour: is not known here"),
     ({"version": 1, "facts": {"gossip": "x"}}, 422, "gossip"), ({"version": 1, "status": "dismissed"}, 422, "status:"),
     ({"version": 1, "links": ["javascript:alert(1)"]}, 422, "links.0"), ({"version": 1, "title": " "}, 422, "title"),
     ({"version": 1, "next_update_at": "2026-11-20T09:00:00"}, 422, "next_update_at"),
     ({"version": 1, "next_update_at": "2020-11-20T09:00:00Z"}, 422, "past"),
     ({"version": 1, "status": "investigating"}, 422, "needs a reason"), ({"version": 9, "title": "x"}, 409, "")],
)  # fmt: skip
def test_an_edit_that_cannot_stand_changes_nothing(house: House, body: dict[str, Any], status: int, said: str) -> None:
    address, headers = f"/api/v1/incidents/{house.fill()}", house.token("incidents", "read")
    before = house.script.get(address, headers=headers).json()
    problem(house.script.patch(address, json=body, headers=headers), status, said)
    assert house.script.get(address, headers=headers).json() == before


def test_an_incident_that_is_over_and_one_of_another_brand_are_not_edited(house: House) -> None:
    over, other = house.rows.incident(status="closed"), house.rows.incident(brand="Southwind")
    headers = house.token("incidents", "read")
    body = {"version": 1, "title": "New"}
    problem(house.script.patch(f"/api/v1/incidents/{over}", json=body, headers=headers), 409, "closed")
    problem(house.script.patch(f"/api/v1/incidents/{other}", json=body, headers=headers), 404)
    problem(house.script.get(f"/api/v1/incidents/{other}", headers=headers), 404)
    problem(house.script.get("/api/v1/incidents/999", headers=headers), 404)


def test_incidents_come_page_by_page_in_the_order_of_the_page(house: House) -> None:
    for number in range(5):
        house.rows.incident(title=str(number), status="closed" if number % 2 else "identified")
    headers = house.token("read")
    got: list[str] = []
    after: str | None = ""
    while after is not None:
        page = house.script.get("/api/v1/incidents", params={"limit": 2, "after": after}, headers=headers).json()
        got += [each["title"] for each in page["incidents"]]
        after = page["next"]
    assert got == ["4", "2", "0", "3", "1"]


# --- the queue, the service ------------------------------------------------------------------------------------


def test_the_queue_is_shown_in_its_order_with_counts(house: House) -> None:
    for number in range(5):
        house.rows.draft(priority=number % 2)
    headers, got, after = house.token("read"), [], ""
    while after is not None:
        page = house.script.get("/api/v1/queue", params={"limit": 2, "after": after}, headers=headers).json()
        assert (page["waiting"], page["oldest_wait"]) == (5, "2026-11-20T13:56:00+00:00")
        got += [each["draft"] for each in page["drafts"]]
        after = page["next"]
    assert got == [2, 4, 1, 3, 5]
    assert {"pass", "length", "limit", "findings", "reply", "eligible", "moves"} <= page["drafts"][0].keys()


def test_the_status_tells_of_the_open_incident(house: House) -> None:
    incident = house.fill()
    told = house.script.get("/api/v1/status", headers=house.token("read")).json()
    assert (told["ready"], told["waiting"], told["sending"], told["incident"]["id"]) == (True, 1, True, incident)
    assert told["checks"] == {"database": {"ok": True, "detail": "ok"}}


def test_an_address_that_is_not_there_is_a_problem_too(house: House) -> None:
    problem(house.script.get("/api/v1/nothing"), 404)
    problem(house.script.delete("/api/v1/queue", headers=house.token("read")), 405, "DELETE")


def test_when_the_database_is_away_it_says_so(house: House, tmp_path: Path) -> None:
    headers = house.token("read")
    house.store.close()
    for file in tmp_path.glob("amends.db*"):
        file.unlink()
    (tmp_path / "amends.db").mkdir()
    answer = house.script.get("/api/v1/queue", headers=headers)
    problem(answer, 503, "try again")
    assert answer.headers["retry-after"] == "5"


def test_a_viewer_reads_with_the_session_and_no_token_page(house: House) -> None:
    sign_in(house.visitor, new_user(house.visitor, "Vic", "viewer"))
    assert house.visitor.client.get("/api/v1/mentions").status_code == 200
    assert house.visitor.get("/account/tokens").status_code == 403


def test_the_queue_tells_what_is_snoozed_and_until_when(house: House) -> None:
    awake, later, silent = (house.rows.draft(priority=priority) for priority in (3, 2, 1))
    end = house.clock() + timedelta(hours=2)
    with house.store.begin() as db:
        for draft, until in ((later, end), (silent, desk.WRITES_AGAIN)):
            case = db.get_one(CaseRow, db.get_one(DraftRow, draft).mention.case_id)
            case.snoozed_until = until
    headers = house.token("read")

    def told(**query: object) -> dict[str, Any]:
        answer = house.script.get("/api/v1/queue", params=query, headers=headers)
        fits(doc(house), "get", "/api/v1/queue", answer)
        found: dict[str, Any] = answer.json()
        return found

    whole = told()
    assert (whole["waiting"], whole["snoozed"]) == (3, 2)
    assert [(each["draft"], each["snoozed"], each["snoozed_until"]) for each in whole["drafts"]] == [
        (awake, False, None), (later, True, "2026-11-20T16:00:00+00:00"), (silent, True, None),
    ]  # fmt: skip
    assert [each["draft"] for each in told(snoozed=False)["drafts"]] == [awake]
    first = told(snoozed=True, limit=1)
    assert [each["draft"] for each in first["drafts"]] == [later]
    assert [each["draft"] for each in told(snoozed=True, after=first["next"])["drafts"]] == [silent]
    house.clock.forward(hours=2)
    assert [each["draft"] for each in told(snoozed=False)["drafts"]] == [awake, later]
    problem(house.script.get("/api/v1/queue?snoozed=perhaps", headers=headers), 422)


def pieces(size: int) -> Iterator[bytes]:
    """A body that does not say how large it is."""
    for _ in range(size // 65536 + 1):
        yield b"x" * 65536


@pytest.mark.parametrize(
    ("method", "path", "size"),
    [
        ("POST", "/mentions", "16 MB"),
        ("POST", "/promotions/hold", "8 KB"),
        ("PATCH", "/incidents/1", "1 MB"),
    ],
)
def test_a_body_that_is_too_large_is_refused_in_words(house: House, method: str, path: str, size: str) -> None:
    headers, most = house.token() | {"content-type": "application/json"}, bodies.of_interface(path)
    for body in (b"x" * (most + 1), pieces(most)):
        answer = house.script.request(method, f"/api/v1{path}", content=body, headers=headers)
        problem(answer, 413, f"This request is larger than {size}: send less at once.")
    described = doc(house)["paths"][f"/api/v1{path.replace('/1', '/{incident}')}"][method.lower()]["responses"]["413"]
    assert f"larger than {size};" in described["description"]
    assert "application/problem+json" in described["content"]
    assert "413" not in doc(house)["paths"]["/api/v1/queue"]["get"]["responses"]


def test_a_page_takes_no_body_without_end_either(house: House) -> None:
    answer = house.visitor.client.post(
        "/queue/1/approve", content=pieces(4 * bodies.MB), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["message"]) == (
        413, "This request is larger than 4 MB: send less at once.",
    )  # fmt: skip
    form = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
    page = house.visitor.client.post("/login", content=b"name=" + b"x" * (5 * bodies.MB), headers=form)
    assert page.status_code == 413
    assert "too large" in page.text
