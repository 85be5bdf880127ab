"""Asking Microsoft Graph: requests carried out one at a time, counted, and every failure given its meaning.

Paths are below the root of the mailbox (`messages/ID`); with a leading slash they are below the version (`/me`). Whole addresses,
as the service gives them for further pages, are asked only where they are the service's own.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote, urljoin, urlsplit

from connectors.base import Spent
from connectors.errors import Misconfigured, Unavailable
from connectors.outlook.answers import Json
from connectors.outlook.batches import AT_ONCE, Answer, Part, carry_out, read_answers
from connectors.outlook.refusal import broken_line, refusal
from connectors.outlook.settings import OutlookSettings
from connectors.refusal import not_json, strange

if TYPE_CHECKING:
    import httpx

    from connectors.outlook.transport import Reply

__all__ = ["IMMUTABLE", "Service", "segment", "with_query"]

IMMUTABLE: Final = 'IdType="ImmutableId"'
"""What every request prefers: identifiers that stay when mail is moved.

https://learn.microsoft.com/en-us/graph/outlook-immutable-id
"""
_VERSION: Final = "/v1.0"
_MOST: Final = 64 << 20
"""Octets of an answer."""
_REMEMBERED: Final = 20_000
_JSON: Final = re.compile(r"application/(?:[\w.-]+\+)?json\b", re.IGNORECASE)
_OK: Final = range(200, 300)
_OWN_PATH: Final = re.compile(r"/v1\.0/(?:me|users)\b", re.IGNORECASE)
_IN_A_QUERY: Final = "$(),:'/@"
_READING: Final = "reading mail"
_WRITING: Final = "writing into the mailbox"


def segment(name: str) -> str:
    """Return an identifier or an address as one segment of a path."""
    return quote(name, safe="=-_.@")


def with_query(path: str, query: Mapping[str, str] | None) -> str:
    """Return a path with its query, percent-encoded."""
    if not query:
        return path
    return path + "?" + "&".join(f"{quote(name, safe='$')}={quote(value, safe=_IN_A_QUERY)}" for name, value in query.items())


class Service:
    """The open connection to one mailbox."""

    def __init__(self, settings: OutlookSettings, make: Callable[[], httpx.Client], token: str) -> None:
        """Take what `open` has made."""
        self.settings = settings
        self.root = f"/users/{segment(settings.mailbox)}" if settings.mailbox else "/me"
        """Where the mailbox is, below the version."""
        self.spent = Spent()
        self.own: dict[str, None] = {}
        """States (changeKey) into which messages came by our own writing, the latest last; see `wrote`."""
        self._make = make
        self._http: httpx.Client | None = None
        self._token = token
        self._base = settings.endpoint.rstrip("/")

    @classmethod
    def open(cls, settings: OutlookSettings) -> Self:
        """Get an access token and build the client; the service is not asked yet. Raises what the token raises, Misconfigured."""
        token = settings.token(False)
        from connectors.outlook.transport import authorities, client  # noqa: PLC0415 - takes time that only an open mailbox needs

        try:
            trust = authorities()
        except OSError as error:
            raise Misconfigured(f"The authorities to trust cannot be read ({error}). See SSL_CERT_FILE.") from error
        return cls(settings, lambda: client(settings, trust), token)

    def close(self) -> None:
        """Let go of the sockets; more may be asked afterwards."""
        held, self._http = self._http, None
        if held is not None:
            with suppress(Exception):
                held.close()

    def wrote(self, key: str) -> None:
        """Note the changeKey that a received message has by our own writing: what tells of that change is no news."""
        if key:
            self.own.pop(key, None)
            self.own[key] = None
            while len(self.own) > _REMEMBERED:
                del self.own[next(iter(self.own))]

    # -- single requests

    def get(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        prefer: Sequence[str] = (),
        doing: str = _READING,
        one: bool = False,
    ) -> Json:
        """Return an object. Raises from the tree in `connectors.errors`; `doing` says what for, as in "reading mail".

        `one`: it is one thing of many, and where it is closed to us that is Refused, and no trouble with the sign-in.
        """
        reply = self._ask("GET", self._url(with_query(path, query)), prefer=prefer)
        return self._object(reply, doing, one=one)

    def post(self, path: str, body: Json, *, prefer: Sequence[str] = (), doing: str = _WRITING) -> Json:
        """Write, and return what the service says to it; an empty object where it says nothing. Never done twice by itself."""
        reply = self._ask("POST", self._url(path), body=body, prefer=prefer)
        return self._object(reply, doing, empty=True)

    def patch(self, path: str, body: Json, *, etag: str = "", doing: str = _WRITING) -> Json:
        """Change some properties, where the item still carries `etag` if one is given. Raises Conflict where it does not."""
        headers = {"If-Match": etag} if etag else {}
        reply = self._ask("PATCH", self._url(path), body=body, headers=headers)
        return self._object(reply, doing, empty=True)

    def raw(self, path: str, most: int, *, doing: str = _READING) -> bytes:
        """Return the octets at a path that ends in `$value`, at most `most` of them.

        Raises from the tree; Refused for a message that is closed to us, whatever else we may read.
        """
        reply = self._ask("GET", self._url(path), most=most, cut=True)
        if reply.status not in _OK:
            raise refusal(reply.status, reply.headers, reply.content, doing, self.settings, one=True)
        if "html" in reply.headers.get("content-type", "").lower():
            raise not_json(reply.headers["content-type"], self.settings)
        return reply.content

    def page(self, link: str, *, size: int = 0, doing: str = "listing mail", one: bool = False) -> Json:
        """Return a page of a listing, asked for by a path or by an address that the service gave; `size` is preferred.

        `one` is as in `get`. Raises from the tree; Unavailable for an address that is not the service's own.
        """
        if not self.is_own(link):
            raise strange(self.settings, "the address of the next page is at another place")
        preferred = (f"odata.maxpagesize={size}",) if size else ()
        return self._object(self._ask("GET", self._url(link), prefer=preferred), doing, one=one)

    def is_own(self, link: str) -> bool:
        """Say whether an address that the service gave may be shown our sign-in: same scheme, host and port, and a mailbox."""
        if not link.startswith(("http:", "https:", "//")):
            return True
        try:
            there, here = urlsplit(link), urlsplit(self._base)
            same = (there.scheme, there.hostname, _port(there)) == (here.scheme, here.hostname, _port(here))
        except ValueError:
            return False
        own = there.path.removeprefix(here.path.rstrip("/"))
        return same and there.username is None and _OWN_PATH.match(own) is not None and ".." not in own

    # -- batches

    def batch(self, parts: Sequence[Part], *, doing: str = _READING, most: int = 0) -> list[Answer]:
        """Carry out any number of requests, twenty in a round trip; return the answers in their order.

        Requests that failed for now are made again a few times. Raises from the tree where a batch as a whole is refused, and
        Unavailable where one round trip brings more than `most` octets, if that is given.
        """
        if len(parts) > AT_ONCE and any(part.after for part in parts):
            raise ValueError("requests that wait for others have to fit into one batch")
        answers: list[Answer] = []
        for start in range(0, len(parts), AT_ONCE):
            chunk = parts[start : start + AT_ONCE]
            answers += carry_out(chunk, lambda some: self._batch(some, doing, most), self.settings.pause)
        return answers

    def value(self, answer: Answer, doing: str = _READING, *, one: bool = False) -> Json:
        """Return the object in an answer of a batch. Raises what it means where it is a refusal, or none of the service's.

        `one` is as in `get`.
        """
        if not answer.good:
            raise refusal(answer.status, answer.headers, answer.body, doing, self.settings, one=one, within=True)
        if not isinstance(answer.body, Mapping):
            raise Unavailable(f"The answer of Outlook is cut off or broken, {doing}; it is asked again.")
        return answer.json

    def _batch(self, parts: Sequence[Part], doing: str, most: int) -> dict[int, Answer]:
        """Make one round trip. Requests that are refused because the access token has just run out are made once more."""
        answers = self._round(parts, doing, most)
        refused = [place for place, one in answers.items() if one.status == http.client.UNAUTHORIZED]
        waiting = [place for place, part in enumerate(parts) if any(each in refused for each in part.after)]
        if refused and self._renew():
            again = sorted({*refused, *waiting})
            place_of = {place: number for number, place in enumerate(again)}
            some = [
                Part(one.method, one.path, one.body, one.headers, tuple(place_of[each] for each in one.after if each in place_of))
                for one in (parts[place] for place in again)
            ]
            answers |= {again[number]: one for number, one in self._round(some, doing, most).items()}
        return answers

    def _round(self, parts: Sequence[Part], doing: str, most: int) -> dict[int, Answer]:
        requests = [self._request(place, part) for place, part in enumerate(parts, 1)]
        reply = self._ask("POST", f"{self._base}{_VERSION}/$batch", body={"requests": requests}, units=len(parts), most=most)
        return read_answers(self._object(reply, doing), len(parts))

    def _request(self, place: int, part: Part) -> Json:
        headers = {name: value for name, value in part.headers.items() if name.lower() != "prefer"}
        more = [value for name, value in part.headers.items() if name.lower() == "prefer"]
        headers["Prefer"] = ", ".join([IMMUTABLE, *more])
        made: dict[str, object] = {"id": str(place), "method": part.method, "url": self._relative(part.path), "headers": headers}
        if part.body is not None:
            headers["Content-Type"] = "application/json"
            made["body"] = part.body
        if part.after:
            made["dependsOn"] = [str(each + 1) for each in part.after]
        return made

    # -- the wire

    def _url(self, path: str) -> str:
        if path.startswith(("http:", "https:", "//")):
            return path
        return f"{self._base}{_VERSION}{self._relative(path)}"

    def _relative(self, path: str) -> str:
        """Return what stands behind the version: in a batch, addresses are given so."""
        if path.startswith(("http:", "https:", "//")):
            there = urlsplit(path)
            own = there.path.removeprefix(urlsplit(self._base).path.rstrip("/")).removeprefix(_VERSION)
            return f"{own}?{there.query}" if there.query else own
        if path.startswith(f"{_VERSION}/"):
            return path.removeprefix(_VERSION)
        if path.startswith("/"):
            return path
        return f"{self.root}/{path}" if path and not path.startswith("?") else f"{self.root}{path}"

    def absolute(self, link: str) -> str:
        """Return the whole address of one that may be told without its host, or from the version on."""
        return urljoin(f"{self._base}{_VERSION}/", link)

    def _object(self, reply: Reply, doing: str, *, empty: bool = False, one: bool = False) -> Json:
        """Return what an answer holds. Raises what it means where it is a refusal, or cut off: an empty one says nothing."""
        if reply.status not in _OK:
            raise refusal(reply.status, reply.headers, reply.content, doing, self.settings, one=one)
        if empty and not reply.content.strip():
            return {}
        try:
            value = json.loads(reply.content)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            kind = reply.headers.get("content-type", "")
            if not reply.content.strip() or _JSON.match(kind):
                raise Unavailable(f"The answer of Outlook is cut off or broken, {doing}; it is asked again.")
            raise not_json(kind, self.settings)
        return value

    def _renew(self) -> bool:
        """Get an access token in place of one that was refused; say whether it is another one, worth being shown."""
        before, self._token = self._token, self.settings.token(True)
        return self._token != before

    def _ask(
        self,
        method: str,
        url: str,
        *,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
        prefer: Sequence[str] = (),
        units: int = 1,
        most: int = 0,
        cut: bool = False,
    ) -> Reply:
        """Make one request; a second time with another access token where the first one was refused."""
        content = None if body is None else json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
        fields = {"Accept": "*/*" if cut else "application/json", "Prefer": ", ".join([IMMUTABLE, *prefer]), **(headers or {})}
        if content is not None:
            fields["Content-Type"] = "application/json"
        reply = self._once(method, url, fields, content, units=units, most=most, cut=cut)
        if reply.status == http.client.UNAUTHORIZED and self._renew():
            reply = self._once(method, url, fields, content, units=units, most=most, cut=cut)
        return reply

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, *, units: int, most: int, cut: bool
    ) -> Reply:
        from connectors.outlook.transport import ask  # noqa: PLC0415 - loaded since `open`

        self.spent = Spent(self.spent.calls + 1, self.spent.units + units)
        fields = {**headers, "Authorization": f"Bearer {self._token}"}
        try:
            self._http = self._http or self._make()
            return ask(self._http, method, url, fields, content, most=most or _MOST, cut=cut)
        except Exception as error:
            self.close()
            if (known := broken_line(error, self.settings)) is None:
                raise
            raise known from error


def _port(parts: object) -> int | None:
    port: int | None = getattr(parts, "port", None)
    scheme: str = getattr(parts, "scheme", "")
    return port or {"https": 443, "http": 80}.get(scheme)
