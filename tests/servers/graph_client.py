"""A plain client of Microsoft Graph for the tests of the fake: what it says comes back as it is."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import httpx

__all__ = ["IMMUTABLE", "Client", "Said"]

IMMUTABLE: Final = 'IdType="ImmutableId"'


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    body: Any
    """JSON, or octets where it is none."""
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """Return the code of an error."""
        return str(self.body["error"]["code"])

    @property
    def value(self) -> list[dict[str, Any]]:
        """Return the rows of a listing."""
        rows: list[dict[str, Any]] = self.body["value"]
        return rows


class Client:
    """Asks as one user; immutable identifiers are preferred unless `prefer` is given."""

    def __init__(self, url: str, token: str, *, root: str = "/me", verify: ssl.SSLContext | bool = True) -> None:
        """Take where the service is and what lets one in."""
        self.url = url
        self.root = root
        self.token = token
        self._http = httpx.Client(timeout=20, trust_env=False, verify=verify)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the connection."""
        self._http.close()

    def ask(
        self,
        verb: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: object = None,
        *,
        prefer: Sequence[str] = (IMMUTABLE,),
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        """Ask for a path below the root, below the version (with a leading slash), or a whole address."""
        url = path if path.startswith("http") else self.url + (f"/v1.0{path}" if path.startswith("/") else self._below(path))
        fields = {"Authorization": f"Bearer {self.token}", **({"Prefer": ", ".join(prefer)} if prefer else {}), **(headers or {})}
        kind = {} if body is None else {"content": body} if isinstance(body, bytes) else {"json": body}
        reply = self._http.request(verb, url, params=dict(query) if query else None, headers=fields, **kind)
        is_json = reply.headers.get("content-type", "").startswith("application/json")
        return Said(reply.status_code, reply.json() if is_json else reply.content, reply.headers)

    def get(self, path: str, query: Mapping[str, str] | None = None, **more: Any) -> Said:
        """Read."""
        return self.ask("GET", path, query, **more)

    def post(self, path: str, body: object = None, **more: Any) -> Said:
        """Write."""
        return self.ask("POST", path, None, body, **more)

    def patch(self, path: str, body: object, **more: Any) -> Said:
        """Change."""
        return self.ask("PATCH", path, None, body, **more)

    def batch(self, *parts: tuple[str, str] | tuple[str, str, object], chained: bool = False) -> dict[str, dict[str, Any]]:
        """Ask for several at once, by (verb, path[, body]); return the answers by their places, from "1" on."""
        requests = []
        for number, (verb, path, *body) in enumerate(parts, 1):
            one: dict[str, Any] = {
                "id": str(number),
                "method": verb,
                "url": f"{self.root}/{path}",
                "headers": {"Prefer": IMMUTABLE},
            }
            if body:
                one |= {"body": body[0]}
                one["headers"]["Content-Type"] = "application/json"
            if chained and number > 1:
                one["dependsOn"] = [str(number - 1)]
            requests.append(one)
        said = self.post("/$batch", {"requests": requests})
        assert said.status == 200, said.body
        return {one["id"]: one for one in said.body["responses"]}

    def changes(self, link: str, size: int = 2) -> tuple[list[dict[str, Any]], str]:
        """Return all rows of a round, and the link to the next; `link` is a path or an address."""
        rows: list[dict[str, Any]] = []
        while True:
            said = self.get(link, prefer=(IMMUTABLE, f"odata.maxpagesize={size}"))
            assert said.status == 200, said.body
            rows += said.value
            if "@odata.deltaLink" in said.body:
                return rows, said.body["@odata.deltaLink"]
            link = said.body["@odata.nextLink"]

    def _below(self, path: str) -> str:
        return f"/v1.0{self.root}/{path}" if path else f"/v1.0{self.root}"
