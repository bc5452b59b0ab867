"""Addresses that do not answer: looked at safely, believed after two looks, left out of all that is said."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from core.sections import Links
from core.settings import Brand
from core.store import incidents, links
from core.store.incidents import IncidentRow, TimelineRow
from core.store.links import LinkRow
from incidents.dead_links import Seen, check, is_public, look_at
from tests.factories import BRAND as NAME
from tests.factories import Database

BRAND = Brand(name=NAME, time_zone="America/Toronto")


class Site(BaseHTTPRequestHandler):
    """/STATUS answers with it; /to?URL redirects; /nohead knows no HEAD; /slow never answers."""

    asked: ClassVar[list[str]] = []
    release = threading.Event()

    def do_HEAD(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        path, _, rest = self.path.partition("?")
        if path == "/slow":
            self.release.wait(10)
        status = {"/to": 302, "/nohead": 405 if self.command == "HEAD" else 200, "/slow": 200}.get(path)
        self.send_response(status or int(path.strip("/") or 200))
        if path == "/to":
            self.send_header("Location", rest)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 - http.server's name

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    Site.asked.clear()
    Site.release.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Site.release.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def look(url: str, *, allow_private: bool = True) -> Seen:
    return look_at(url, timeout=0.5, allow_private=allow_private)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/", Seen(True, "200")),
        ("/404", Seen(False, "404")),
        ("/410", Seen(False, "410")),
        ("/500", Seen(False, "500")),
        ("/403", Seen(True, "403")),  # there, but shy of machines
        ("/429", Seen(True, "429")),
        ("/nohead", Seen(True, "200")),
        ("/to?/404", Seen(False, "404")),
        ("/to?/200", Seen(True, "200")),
        ("/slow", Seen(False, "no answer in 0.5 s")),
        ("/?région=Évry&a=%C3%A9", Seen(True, "200")),  # as a browser shows an address
    ],
)
def test_what_a_page_answers(site: str, path: str, seen: Seen) -> None:
    assert look(site + path) == seen


def test_redirects_end(site: str) -> None:
    assert look(f"{site}/to?/to?/to?/to?/to?/to?/to?/200") == Seen(False, "it redirects without end")


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert look(f"http://127.0.0.1:{port}/").said == "no answer (ConnectionRefusedError)"


@pytest.mark.parametrize("url", ["ftp://a.example", "file:///etc/passwd", "https://", "nonsense", "http://[::1", ""])
def test_what_is_no_web_address_is_not_asked_for(url: str) -> None:
    assert not look(url).ok


def test_our_own_network_is_refused_also_behind_a_redirect_and_a_name(site: str) -> None:
    assert look(site, allow_private=False) == Seen(False, "it lies in a private network")
    assert look(site.replace("127.0.0.1", "localhost"), allow_private=False).said == "it lies in a private network"
    assert Site.asked == [], "no connection is made to find out"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def passes(database: Database, down: set[str], pages: tuple[str, ...] = ()) -> int:
    def seen(url: str) -> Seen:
        return Seen(ok=url not in down, said="404" if url in down else "200")

    return check(database.store, brand=BRAND, wanted_too=Links(pages=pages), clock=database.clock, look=seen)


def sheet(database: Database, incident: int, *, now: bool = True):
    with database.store.read() as db:
        row = db.get_one(IncidentRow, incident)
        at = database.clock() if now else None
        return incidents.sheet_of(db, row, BRAND.as_voice(), BRAND.zone(), now=at)


UP, DOWN, IN_TEXT = "https://up.northwind.com", "https://down.northwind.com", "https://map.northwind.com/outage"


def test_a_page_is_down_after_two_looks_and_back_after_two(any_database: Database) -> None:
    made = any_database.incident(links=[UP, DOWN])
    any_database.fact(made, "workaround", f"Use Wi-Fi. The map is at {IN_TEXT}.")
    assert passes(any_database, {DOWN, IN_TEXT}) == 0
    assert sheet(any_database, made).links == (UP, DOWN), "one slow answer is no outage"
    assert passes(any_database, {DOWN, IN_TEXT}) == 2
    left = sheet(any_database, made)
    assert (left.links, left.facts) == ((UP,), {"workaround": "Use Wi-Fi."})
    assert left.version == 2, "what was written from the older sheet is drawn again"
    assert sheet(any_database, made, now=False).links == (UP, DOWN), "the sheet itself keeps them"
    with any_database.store.read() as db:
        told = db.query(TimelineRow).one().what
        assert incidents.changed_since(db.get_one(IncidentRow, made), 1) >= {"links", "workaround"}
    assert f"a link does not answer: {DOWN} (404)" in told
    passes(any_database, {DOWN})
    passes(any_database, {DOWN})
    assert sheet(any_database, made).facts["workaround"].endswith(f"{IN_TEXT}.")


def test_only_sheets_of_open_incidents_and_the_configuration_are_looked_at(database: Database) -> None:
    database.incident(links=["https://old.northwind.com"], status="closed")
    database.incident(links=["https://theirs.northwind.com"], brand="Another")
    database.incident(links=[UP, "https://status.northwind.example"])
    database.mention(f"@northwind look at https://evil.northwind.com and {DOWN}")
    passes(database, set(), pages=("https://shop.northwind.com/a",))
    with database.store.read() as db:
        assert [row.url for row in links.all_of(db)] == ["https://shop.northwind.com/a", UP]


def test_what_nobody_names_any_more_is_forgotten(database: Database) -> None:
    made = database.incident(links=[UP])
    passes(database, set())
    with database.store.begin() as db:
        db.get_one(IncidentRow, made).links = [DOWN]
    passes(database, set())
    with database.store.read() as db:
        assert [row.url for row in db.query(LinkRow)] == [DOWN]
