"""Looks whether the addresses of our fact sheets answer, so that nobody is sent to a page that is down.

Only what the fact sheets and the configuration name is asked for, never an address from a customer's post. A name is
looked up once and the connection goes to exactly that address, so that it cannot point into our own network after it
was judged (DNS rebinding); redirects are followed by the same rules.
"""

import http.client
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from core import sections, settings
from core.clock import Clock
from core.domain import OPEN, IncidentStatus
from core.store import Session, Store, audit, events, incidents, links
from core.store.incidents import IncidentRow, TimelineRow
from core.store.links import LinkRow

log = logging.getLogger(__name__)
TO_BE_SURE = 2  # looks in a row that say the same before a page counts as down, or as up again
MOST_REDIRECTS = 4
MOST_AT_ONCE = 8
ACTOR = "amends"
AGENT = "amends-link-check/1"
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
# The page is there, whatever it thinks of a machine that asks.
ANSWERS = frozenset({401, 403, 405, 406, 429, 451, 501})


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at an address showed."""

    ok: bool
    said: str  # "200", "404", "no answer in 5 s"


Look = Callable[[str], Seen]


def check(
    store: Store, *, brand: settings.Brand, wanted_too: sections.Links, clock: Clock, look: Look | None = None
) -> int:
    """Looks at every address that open incidents and the configuration name; returns how many changed their state.

    The calls are made outside of any transaction.
    """
    look = look or (
        lambda url: look_at(url, timeout=wanted_too.timeout_seconds, allow_private=wanted_too.allow_private)
    )
    with store.read() as db:
        wanted = sorted(url for url in {*wanted_too.pages, *_named(db, brand.name)} if not made_up(url))
    with ThreadPoolExecutor(max_workers=MOST_AT_ONCE) as pool:
        seen = dict(zip(wanted, pool.map(look, wanted), strict=True))
    now = clock()
    with store.begin() as db:
        links.forget_others(db, wanted)
        changed = [url for url in wanted if _note(db, url, seen[url], now)]
        if changed:
            _tell(db, brand.name, changed, seen, now)
    return len(changed)


def made_up(url: str) -> bool:
    """Whether an address can never answer because its name is reserved for examples (RFC 2606), as in the demo."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.rpartition(".")[2] in {"example", "test", "invalid"}


def _named(db: Session, brand: str) -> set[str]:
    """The addresses on the sheets of open incidents, in their list and in their texts."""
    found: set[str] = set()
    for row in _open(db, brand):
        texts = incidents.facts_in_force(db, row.id).values()
        found |= {*row.links, *(address for text in texts for address in links.addresses_in(text))}
    return found


def _open(db: Session, brand: str) -> list[IncidentRow]:
    return [row for row in incidents.all_of(db, brand) if IncidentStatus(row.status) in OPEN]


def _note(db: Session, url: str, seen: Seen, now: datetime) -> bool:
    """Keeps one look; returns whether the address went down or came back with it."""
    row = db.get(LinkRow, url)
    if row is None:
        row = LinkRow(url=url, ok=True, said=seen.said, against=0, checked_at=now, since=now)
        db.add(row)
    row.said, row.checked_at = seen.said, now
    row.against = 0 if seen.ok is row.ok else row.against + 1
    if row.against < TO_BE_SURE:
        return False
    row.ok, row.against, row.since = seen.ok, 0, now
    return True


def _tell(db: Session, brand: str, changed: Sequence[str], seen: dict[str, Seen], now: datetime) -> None:
    """A page that went down or came back changes what may be said: the sheets that name it get a new version."""
    for row in _open(db, brand):
        texts = incidents.facts_in_force(db, row.id)
        inside = {name for name, text in texts.items() if set(changed) & set(links.addresses_in(text))}
        mine = [
            url
            for url in changed
            if url in row.links or any(url in links.addresses_in(text) for text in texts.values())
        ]
        if not mine:
            continue
        before, row.sheet_version = row.sheet_version, row.sheet_version + 1
        incidents.note_changes(row, before, [*(["links"] if set(mine) & set(row.links) else []), *sorted(inside)])
        what = "; ".join(
            f"a link {'answers again' if seen[url].ok else 'does not answer'}: {url} ({seen[url].said})" for url in mine
        )
        db.add(
            TimelineRow(
                incident_id=row.id, at=now, actor=ACTOR, what=what, kind="edited", detail={"version": row.sheet_version}
            )
        )
        audit.record(db, actor=ACTOR, action="link.changed", subject=f"incident:{row.id}", now=now, what=what)
        events.tell(db, "incident", now=now, incident_id=row.id, status=row.status, version=row.sheet_version)


# --- one look ----------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """An address we do not go to; the text says why."""


def look_at(url: str, *, timeout: float, allow_private: bool) -> Seen:
    """HEAD, and GET where that is not understood. Never raises: what went wrong is what is said."""
    try:
        status = _status(url, timeout, allow_private=allow_private)
    except _Refused as refused:
        return Seen(ok=False, said=str(refused))
    except TimeoutError:
        return Seen(ok=False, said=f"no answer in {timeout:g} s")
    except ssl.SSLCertVerificationError:
        return Seen(ok=False, said="its certificate is not valid")
    except (OSError, http.client.HTTPException, ValueError) as error:
        log.debug("a link does not answer", extra={"url": url, "problem": str(error)})
        return Seen(ok=False, said=f"no answer ({type(error).__name__})")
    return Seen(ok=status < 400 or status in ANSWERS, said=str(status))


def _status(url: str, timeout: float, *, allow_private: bool) -> int:
    """The status at the end of the redirects."""
    for _ in range(MOST_REDIRECTS + 1):
        status, location = _ask("HEAD", url, timeout, allow_private=allow_private)
        if status in (405, 501) or status >= 500:
            status, location = _ask("GET", url, timeout, allow_private=allow_private)
        if not (300 <= status < 400 and location):
            return status
        url = urljoin(url, location)
    raise _Refused("it redirects without end")


def _ask(method: str, url: str, timeout: float, *, allow_private: bool) -> tuple[int, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Refused("not an http(s) address")
    connection = _connect(parts, timeout, allow_private=allow_private)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        path = quote(path, safe=_ASCII)  # as a browser does: an accent in an address is no reason to call it dead
        connection.request(method, path, headers={"User-Agent": AGENT, "Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


def _connect(parts: SplitResult, timeout: float, *, allow_private: bool) -> http.client.HTTPConnection:
    """A connection to the very address that was judged; the certificate is that of the name."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _judged(host, port, allow_private=allow_private)
    plain = socket.create_connection((address, port), timeout=timeout)
    try:
        secure = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
        )
    except BaseException:
        plain.close()
        raise
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    connection.sock = secure
    return connection


def _judged(host: str, port: int, *, allow_private: bool) -> str:
    """An address of a host that we may go to."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not allow_private and not all(map(is_public, found)):
        raise _Refused("it lies in a private network")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; those that hide another one are judged by it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast
