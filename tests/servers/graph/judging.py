"""A server that holds every request against what exists at the service, and goes wrong when it is told to.

The fake and the front before the emulator are both this; they differ in who does what was asked for.
"""

from __future__ import annotations

import json
import secrets
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tests.servers.answering import Request
from tests.servers.faults import BATCH, Fault
from tests.servers.graph import batches, facts
from tests.servers.graph.answers import Answer, GraphError
from tests.servers.graph.checking import Checked, check
from tests.servers.judging import Judging

__all__ = ["SCOPES", "Grant", "Judge"]

SCOPES: Final = frozenset({"Mail.ReadWrite", "User.Read"})
_BATCH_PATH: Final = "/v1.0/$batch"
_NEVER_SAID: Final = frozenset(
    {"BadRequest", "RequestBroker--ParseUri", "InefficientFilter", "ErrorInvalidUrlQuery", "ErrorInvalidUrlQueryFilter"}
)
"""Codes that no request of a careful client is answered with."""


def now() -> datetime:
    """Return the time by the clock of this machine."""
    return datetime.now(UTC)


@dataclass
class Grant:
    """What a bearer token stands for."""

    address: str
    scopes: frozenset[str]
    good: bool = True


class Judge(Judging):
    """What is asked for is checked, counted, perhaps made to fail, and else done. May be called from any thread."""

    def __init__(
        self, *, clock: Callable[[], datetime] = now, seed: int = 0, quota: int | None = None, certificate: Path | None = None
    ) -> None:
        """Take the server's own clock (aware), the seed of what goes wrong by chance, and the requests in each ten minutes.

        https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits: 10,000 requests in 10 minutes for each
        app and mailbox, those in a batch counted one by one. None: no limit.
        """
        super().__init__(seed, certificate)
        self.clock = clock
        self._quota = quota
        self._spent: deque[datetime] = deque()
        self._grants: dict[str, Grant] = {}

    # -- who does it

    @abstractmethod
    def done(self, checked: Checked, grant: Grant) -> Answer:
        """Do what was asked for; raises GraphError. Called with the lock."""

    @abstractmethod
    def known(self, address: str) -> None:
        """See that there is a mailbox of that address."""

    # -- for tests

    def token(self, address: str, scopes: Collection[str] = SCOPES) -> str:
        """Return a fresh bearer token of a user."""
        token = f"EwB{secrets.token_urlsafe(48)}"
        self.admit(token, address, scopes)
        return token

    def admit(self, token: str, address: str, scopes: Collection[str] = SCOPES) -> None:
        """Let a token that others made be good for a user."""
        self.known(address)
        with self.lock:
            self._grants[token] = Grant(address.lower(), frozenset(scopes))

    def expire_tokens(self, address: str) -> None:
        """Let the tokens of a user so far be answered 401."""
        with self.lock:
            for grant in self._grants.values():
                if grant.address == address.lower():
                    grant.good = False

    def fail(
        self,
        method: str,
        status: int,
        times: int | None = 1,
        *,
        code: str = "",
        message: str = "",
        retry_after: float | None = None,
        skip: int = 0,
        every: int = 1,
        chance: float = 1.0,
        done: bool = False,
    ) -> Fault:
        """Let requests for a method fail, in a batch or not; `done`: what was asked for is done all the same."""
        headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
        answer = GraphError(status, message, code=code, headers=headers).answer
        return self.arm(Fault(method, times=times, skip=skip, every=every, chance=chance, answer=answer, done=done))

    def replies(self, method: str, body: bytes, times: int | None = 1, *, kind: str = "application/json", skip: int = 0) -> Fault:
        """Let requests be answered 200 with octets of the test's own."""
        return self.arm(Fault(method, times=times, skip=skip, answer=Answer(200, body, {}, kind)))

    # -- over HTTP

    def reached(self, checked: Checked) -> str:
        """Return where the client has it: links lead back there, through whatever stands in between."""
        scheme, _, here = self.url.partition("://")
        return f"{scheme}://{checked.headers.get('host') or here}"

    def failed(self) -> Answer:
        """Return what the service says where it fails."""
        return GraphError(500).answer

    def takes_gzip(self, asked: Mapping[str, str]) -> bool:
        """Say whether a client takes it.

        The service does, for its own clients ask so: https://github.com/microsoftgraph/msgraph-sdk-design, compression handler.
        """
        return "gzip" in asked.get("accept-encoding", "")

    def routed(self, request: Request) -> Answer:
        """Answer anything that comes."""
        if urlsplit(request.target).path == _BATCH_PATH and request.verb == "POST":
            return self.with_faults(BATCH, lambda: self._batch(request))
        return self._one(request)

    def _batch(self, request: Request) -> Answer:
        self.count_call(BATCH)
        try:
            parts = batches.split(request)
            self._grant(request)
        except GraphError as error:
            if error.answer.status != 401:
                self.violation(f"batch: {error.message}")
            return error.answer
        return batches.answered(parts, self._one)

    def _one(self, request: Request) -> Answer:
        """Answer one request, in a batch or not."""
        try:
            checked = check(request)
        except GraphError as error:
            self.violation(error.message)
            return error.answer
        name = checked.match.route.name
        self.count_call(name)
        if not self._affords():
            return GraphError(429, headers={"Retry-After": "10"}).answer
        return self.with_faults(name, lambda: self._answered(request, checked))

    def _answered(self, request: Request, checked: Checked) -> Answer:
        name = checked.match.route.name
        for problem in (*checked.problems, *checked.complaints):
            self.violation(f"{name}: {problem}")
        if checked.problems:
            return GraphError(400, "; ".join(checked.problems)).answer
        with self.lock:
            try:
                answer = self.done(checked, self._grant(request))
            except GraphError as error:
                if error.code in _NEVER_SAID:
                    self.violation(f"{name}: {error.message}")
                return error.answer
        if self.checks_answers and answer.status < 300 and answer.kind.startswith("application/json"):
            for told in facts.oddities(json.loads(answer.body), checked.match.route.answer):
                self.violation(f"{name}: our own answer is not as described: {told}")
        if checked.immutable:
            answer = replace(answer, headers={**answer.headers, "Preference-Applied": 'IdType="ImmutableId"'})
        return answer

    def _grant(self, request: Request) -> Grant:
        """Return what the Authorization field stands for; raises GraphError 401."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._grants.get(token)
        if kind.lower() != "bearer" or not token:
            raise GraphError(401, "Access token is empty.", code="InvalidAuthenticationToken")
        if grant is None or not grant.good:
            raise GraphError(401)
        return grant

    def _affords(self) -> bool:
        with self.lock:
            now = self.clock()
            self.units += 1
            while self._spent and self._spent[0] <= now - timedelta(minutes=10):
                self._spent.popleft()
            if self._quota is None:
                return True
            if len(self._spent) >= self._quota:
                return False
            self._spent.append(now)
            return True
