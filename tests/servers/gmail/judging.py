"""A server that holds every request against the service's description, and goes wrong when it is told to.

The fake and the front before the emulator are both this; they differ in who does what was asked for.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from tests.servers.answering import Request
from tests.servers.faults import BATCH, TOKEN, Fault
from tests.servers.gmail import batches
from tests.servers.gmail.answers import Answer, ApiError, Json, json_answer, refusal
from tests.servers.gmail.checking import FORBIDDEN, Checked, check, is_api
from tests.servers.gmail.discovery import Discovery
from tests.servers.gmail.oauth import Grant
from tests.servers.gmail.selection import select, selection
from tests.servers.gmail.units import UNITS
from tests.servers.judging import Judging

__all__ = ["Judge"]

_PREFIX: Final = "gmail.users."
"""Of the names of all methods; faults go without."""
_BATCH_PATH: Final = "/batch/gmail/v1"
_TOKEN_PATHS: Final = frozenset({"/token", "/oauth2/token", "/oauth2/v4/token"})


class Judge(Judging):
    """What is asked for is checked, counted, perhaps made to fail, and else done. May be called from any thread."""

    def __init__(self, seed: int = 0) -> None:
        """Take the seed of what goes wrong by chance."""
        super().__init__(seed)
        self.discovery = Discovery.shipped()

    # -- who does it

    @abstractmethod
    def token(self, request: Request) -> Answer:
        """Answer the token endpoint."""

    @abstractmethod
    def grant(self, authorization: str) -> Grant:
        """Return what the Authorization field stands for; raises ApiError 401."""

    @abstractmethod
    def done(self, checked: Checked, grant: Grant) -> Json | None:
        """Do what was asked for, and return the whole answer (None: no content); raises ApiError."""

    def affords(self, units: int) -> bool:
        """Say whether the quota has so many units left, and take them."""
        del units
        return True

    def besides(self, request: Request) -> Answer | None:
        """Answer what is neither of the service nor the token endpoint; None: nothing is there."""
        del request
        return None

    # -- for tests

    def fail(
        self,
        method: str,
        status: int,
        times: int | None = 1,
        *,
        reason: str = "",
        message: str = "",
        retry_after: float | None = None,
        skip: int = 0,
        every: int = 1,
        chance: float = 1.0,
        done: bool = False,
    ) -> Fault:
        """Let requests for a method fail (see Fault); `done`: what was asked for is done all the same."""
        answer = refusal(status, reason=reason, message=message, retry_after=retry_after)
        return self.arm(Fault(method, times=times, skip=skip, every=every, chance=chance, answer=answer, done=done))

    # -- over HTTP

    def failed(self) -> Answer:
        """Return what the service says where it fails."""
        return ApiError(500).answer

    def takes_gzip(self, asked: Mapping[str, str]) -> bool:
        """Say whether a client says so twice, by Accept-Encoding and by `gzip` in its User-Agent.

        https://developers.google.com/workspace/gmail/api/guides/performance#gzip
        """
        return "gzip" in asked.get("accept-encoding", "") and "gzip" in asked.get("user-agent", "")

    def routed(self, request: Request) -> Answer:
        """Answer anything that comes."""
        path = urlsplit(request.target).path
        if path in _TOKEN_PATHS and request.verb == "POST":
            self.count_call(TOKEN)
            return self.with_faults(TOKEN, lambda: self.token(request))
        if path == _BATCH_PATH and request.verb == "POST":
            return self.with_faults(BATCH, lambda: self._batch(request))
        if is_api(request.target):
            return self._one(request)
        if (answer := self.besides(request)) is not None:
            return answer
        self.violation(f"{request.verb} {path}: nothing of the service is there")
        return ApiError(404).answer

    def _batch(self, request: Request) -> Answer:
        self.count_call(BATCH)
        try:
            parts = batches.split(request.headers.get("content-type", ""), request.body)
            self.grant(request.headers.get("authorization", ""))
        except ApiError as error:
            if error.answer.status != 401:
                self.violation(f"batch: {error.message}")
            return error.answer
        outer = {name: value for name, value in request.headers.items() if not name.startswith("content-")}
        answers = []
        for part in parts:
            inner = Request(part.verb, part.target, outer | dict(part.headers), part.body)
            if not is_api(part.target):
                self.violation(f"batch: {part.verb} {part.target}: nothing of the service is there")
                answers.append(ApiError(404).answer)
            else:
                answers.append(self._one(inner))
        return batches.joined(parts, answers)

    def _one(self, request: Request) -> Answer:
        """Answer one call of a method."""
        try:
            checked = check(request, self.discovery)
        except ApiError as error:
            self.violation(error.message)
            return error.answer
        method = checked.route.method.id
        self.count_call(method)
        if not self.affords(UNITS.get(method, 0)):
            return refusal(403, reason="userRateLimitExceeded", message="Quota exceeded for quota metric 'Queries'")
        return self.with_faults(method.removeprefix(_PREFIX), lambda: self._answered(request, checked))

    def _answered(self, request: Request, checked: Checked) -> Answer:
        method = checked.route.method
        for problem in checked.problems:
            self.violation(f"{method.id}: {problem}")
        if checked.problems:
            status = 403 if method.id in FORBIDDEN else 400
            return ApiError(status, "; ".join(checked.problems)).answer
        try:
            grant = self.grant(request.headers.get("authorization", ""))
            self._allow(grant, checked)
            mask = next((text for name, text in checked.query if name == "fields"), "")
            chosen = selection(mask, method.response, self.discovery) if mask and method.response else None
            value = self.done(checked, grant)
        except ApiError as error:
            return error.answer
        for problem in self.discovery.answer_problems(method, value) if self.checks_answers else ():
            self.violation(f"{method.id}: our own answer is not as described: {problem}")
        return json_answer(select(value, chosen) if chosen is not None and value is not None else value)

    def _allow(self, grant: Grant, checked: Checked) -> None:
        """Hold the grant against the scopes of the method, and the address against the mailbox (`me` or the user's own)."""
        if not grant.scopes & checked.route.method.scopes:
            told = [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                    "domain": "googleapis.com",
                    "metadata": {"service": "gmail.googleapis.com", "method": checked.route.method.id},
                }
            ]
            challenge = {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"'}
            text = "Request had insufficient authentication scopes."
            raise ApiError(403, text, reason="insufficientPermissions", details=told, headers=challenge)
        user = checked.route.places.get("userId", "me")
        if user not in {"me", grant.address}:
            raise ApiError(403, f"Delegation denied for {grant.address}")

    def count_call(self, method: str) -> None:
        """Count a request for a method, and what it takes of the quota by the public table."""
        with self.lock:
            super().count_call(method)
            self.units += UNITS.get(method, 0)
