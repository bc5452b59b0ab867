"""A real server that speaks Mastodon's API, with something before it that lets answers go missing: GoToSocial.

    with RealMastodon(address) as mastodon:
        us, ann = mastodon.join("northwind"), mastodon.join("ann")
        post = mastodon.say(ann, f"@{us.handle} down")
        ...  # point a client at mastodon.url, with us.token

``address``: of a GoToSocial on this machine. Accounts are made by the command in AMENDS_REAL_MASTODON_JOIN, which is
given a name, a mail address and a password; docs/reliability.md tells how to start one. Tokens come from the server's
own pages, as for anybody who connects an application.

The server counts requests by where they come from, and believes what a proxy on the same machine says about that:
every request comes from somewhere else, until ``comes_from`` is set.
"""

import os
import secrets
import shlex
import subprocess
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.real.server import HANDED_BACK, PATIENCE, RealServer, setting_or_skip

ADDRESS, JOIN = "AMENDS_REAL_MASTODON", "AMENDS_REAL_MASTODON_JOIN"
HERE = "urn:ietf:wg:oauth:2.0:oob"  # the code is shown to whom asked for it


def address_or_skip() -> str:
    address = setting_or_skip(ADDRESS, "real server that speaks Mastodon's API")
    if not os.environ.get(JOIN):
        pytest.skip(f"nobody can join {address}: set {JOIN} to the command that makes accounts (docs/reliability.md)")
    return address


@dataclass(frozen=True)
class Person:
    """An account. ``mail``, ``password``: what it signs in with."""

    id: str
    handle: str
    mail: str
    password: str
    token: str


class RealMastodon(RealServer):
    """See the module."""

    creates = "/api/v1/statuses"
    handed_on = ("authorization", "content-type", "idempotency-key")
    handed_back = (*HANDED_BACK, "link")

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # who signs in next is somebody else
        self.comes_from = ""

    def added(self) -> dict[str, str]:
        return {"x-forwarded-for": self.comes_from or somewhere()}

    def join(self, name: str) -> Person:
        """Makes an account. The handle is ``name`` with something behind it that nobody else has."""
        handle, password = f"{name}_{secrets.token_hex(4)}", f"{secrets.token_hex(16)}-Aa"
        mail = f"{handle}@mail.example"
        made = [*shlex.split(os.environ[JOIN]), "--username", handle, "--email", mail, "--password", password]
        subprocess.run(made, check=True, capture_output=True, timeout=PATIENCE)
        token = self.token(mail, password)
        person = Person("", handle, mail, password, token)
        me = self.call("GET", "/api/v1/accounts/verify_credentials", person)
        return Person(me["id"], handle, mail, password, token)

    def token(self, mail: str, password: str, scopes: str = "read write") -> str:
        """An application is registered, its owner signs in and lets it in, as in a browser."""
        asked = {"client_name": "Amends", "redirect_uris": HERE, "scopes": scopes}
        app = self._ask("POST", "/api/v1/apps", json=asked).json()
        about = {"client_id": app["client_id"], "redirect_uri": HERE}
        page = self._ask("GET", "/oauth/authorize", params={**about, "response_type": "code", "scope": scopes})
        page = self._ask("POST", "/auth/sign_in", cookie=page, data={"username": mail, "password": password})
        page = self._ask("POST", "/oauth/authorize", cookie=page)
        code = parse_qs(urlsplit(page.headers["location"]).query)["code"][0]
        grant = {"grant_type": "authorization_code", "code": code, "client_secret": app["client_secret"]}
        return str(self._ask("POST", "/oauth/token", data={**about, **grant}).json()["access_token"])

    def revoke(self, person: Person) -> None:
        """The token is no good any more, as if its owner had taken the application's access away."""
        (one,) = [token for token in self.call("GET", "/api/v1/tokens", person) if token.get("last_used")]
        self.call("POST", f"/api/v1/tokens/{one['id']}/invalidate", person)

    def say(self, who: Person, text: str, **more: Any) -> dict[str, Any]:
        """Posts a status; ``more`` as the API takes it."""
        made: dict[str, Any] = self.call(
            "POST", "/api/v1/statuses", who, {"status": text, "visibility": "public", "language": "en", **more}
        )
        return made

    def edit(self, who: Person, status_id: str, text: str) -> None:
        self.call("PUT", f"/api/v1/statuses/{status_id}", who, {"status": text})

    def boost(self, who: Person, status_id: str) -> None:
        self.call("POST", f"/api/v1/statuses/{status_id}/reblog", who)

    def remove(self, who: Person, status_id: str) -> None:
        self.call("DELETE", f"/api/v1/statuses/{status_id}", who)

    def tell(self, who: Person, whom: Person, what: str) -> None:
        """``what``: follow, block or mute."""
        more = {"notifications": True} if what == "mute" else None
        self.call("POST", f"/api/v1/accounts/{whom.id}/{what}", who, more)

    def change(self, who: Person, **profile: Any) -> None:
        self.call("PATCH", "/api/v1/accounts/update_credentials", who, profile)

    def look(self, reader: Person, status_id: str) -> dict[str, Any]:
        """A status as ``reader`` sees it."""
        found: dict[str, Any] = self.call("GET", f"/api/v1/statuses/{status_id}", reader)
        return found

    def kept(self, who: Person) -> list[dict[str, Any]]:
        """Every status that stands in the account's name, newest first."""
        found: list[dict[str, Any]] = []
        more = ""
        while page := self.call("GET", f"/api/v1/accounts/{who.id}/statuses?limit=40{more}", who):
            found += page
            more = f"&max_id={page[-1]['id']}"
        return found

    def text(self, who: Person, status_id: str) -> str:
        """What was sent in, as the server keeps it."""
        return str(self.call("GET", f"/api/v1/statuses/{status_id}/source", who)["text"])

    def replies(self, who: Person, status_id: str) -> list[str]:
        """The texts of an account's replies to a status."""
        return [self.text(who, one["id"]) for one in self.kept(who) if one["in_reply_to_id"] == status_id]

    def call(self, method: str, path: str, who: Person, data: dict[str, Any] | None = None) -> Any:
        """Raises requests.HTTPError for anything but a 2xx or 3xx."""
        return self._ask(method, path, headers={"authorization": f"Bearer {who.token}"}, json=data).json()

    def _ask(
        self, method: str, path: str, *, cookie: requests.Response | None = None, **more: Any
    ) -> requests.Response:
        """``cookie``: of the answer before."""
        headers = {"x-forwarded-for": somewhere(), **more.pop("headers", {})}
        if cookie is not None:
            headers["cookie"] = cookie.headers["set-cookie"].split(";")[0]
        answer = self._http.request(
            method, self._address + path, headers=headers, timeout=PATIENCE, allow_redirects=False, **more
        )
        answer.raise_for_status()
        return answer


def somewhere() -> str:
    """An address that nobody has asked from before."""
    return ".".join(["10", *(str(secrets.randbelow(256)) for _ in range(3))])
