"""A server that holds every request against the service's description, and goes wrong when it is told to.

The fake and the front before the emulator are both this; they differ in who does what was asked for.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from tests.servers.gmail import batches, faults
from tests.servers.gmail.answers import Answer, ApiError, Json, json_answer
from tests.servers.gmail.checking import FORBIDDEN, Checked, check, is_api
from tests.servers.gmail.discovery import Discovery
from tests.servers.gmail.faults import BATCH, TOKEN, Act, Fault, Faults
from tests.servers.gmail.loopback import Broken, Loopback, Request, octets
from tests.servers.gmail.oauth import Grant
from tests.servers.gmail.selection import select, selection
from tests.servers.gmail.units import UNITS

__all__ = ["Judge"]

_BATCH_PATH: Final = "/batch/gmail/v1"
_TOKEN_PATHS: Final = frozenset({"/token", "/oauth2/token", "/oauth2/v4/token"})


class Judge(Loopback):
    """What is asked for is checked, counted, perhaps made to fail, and else done. May be called from any thread."""

    def __init__(self, seed: int = 0) -> None:
        """Take the seed of what goes wrong by chance."""
        super().__init__()
        self.lock = threading.RLock()
        self.discovery = Discovery.shipped()
        self.faults = Faults(seed)
        self.violations: list[str] = []
        """What no client of ours may ask for, in words."""
        self.calls: Counter[str] = Counter()
        """How often each method was asked for, by its full identifier, whether in a batch or not; `batch` and `token` besides."""
        self.units = 0
        """Of quota, by the public table."""
        self.checks_answers = True
        """Whether every answer is held against the description as well."""
        self._stopping = threading.Event()

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
        answer = faults.refusal(status, reason=reason, message=message, retry_after=retry_after)
        return self.arm(Fault(method, times=times, skip=skip, every=every, chance=chance, answer=answer, done=done))

    def portal(self, method: str = "*", times: int | None = 1, *, redirect: str = "") -> Fault:
        """Let a network's sign-in page answer: HTML with status 200, or a redirect to where that page is."""
        return self.arm(Fault(method, times=times, answer=faults.portal(redirect)))

    def slow(self, method: str, seconds: float, times: int | None = 1, *, skip: int = 0) -> Fault:
        """Let requests wait before they are done; they are done even when the client has gone by then."""
        return self.arm(Fault(method, Act.SLOW, times=times, seconds=seconds, skip=skip))

    def hold(self, method: str, times: int | None = 1, *, skip: int = 0, seconds: float = 60.0) -> Fault:
        """Let requests wait until `released` of the fault is set, and be done then, even when the client is dead."""
        return self.arm(Fault(method, Act.HOLD, times=times, skip=skip, seconds=seconds))

    def break_off(
        self, method: str, times: int | None = 1, *, done: bool = True, after: int = 0, skip: int = 0, chance: float = 1.0
    ) -> Fault:
        """Cut the connection after so many octets of the answer; `done`: what was asked for is done before."""
        return self.arm(Fault(method, Act.CUT, times=times, done=done, after=after, skip=skip, chance=chance))

    def arm(self, fault: Fault) -> Fault:
        """Let something go wrong."""
        with self.lock:
            return self.faults.arm(fault)

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        with self.lock:
            self.faults.clear()

    def __exit__(self, *args: object) -> None:
        """Stop; slow and held requests wait no longer."""
        self._stopping.set()
        self.faults.release()
        super().__exit__(*args)

    # -- over HTTP

    def answer(self, request: Request) -> Answer:
        """Answer anything that comes; a mistake of the fake's own is a violation too, so that it shows."""
        try:
            return self._routed(request)
        except Broken:
            raise
        except Exception as error:  # noqa: BLE001 - a thread of the server would swallow it
            self.violation(f"the fake fails at {request.verb} {request.target}: {error!r}")
            return ApiError(500).answer

    def _routed(self, request: Request) -> Answer:
        path = urlsplit(request.target).path
        if path in _TOKEN_PATHS and request.verb == "POST":
            self._count(TOKEN)
            return self._with_faults(TOKEN, lambda: self.token(request))
        if path == _BATCH_PATH and request.verb == "POST":
            return self._with_faults(BATCH, lambda: self._batch(request))
        if is_api(request.target):
            return self._one(request)
        if (answer := self.besides(request)) is not None:
            return answer
        self.violation(f"{request.verb} {path}: nothing of the service is there")
        return ApiError(404).answer

    def _batch(self, request: Request) -> Answer:
        self._count(BATCH)
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
        self._count(method)
        if not self.affords(UNITS.get(method, 0)):
            return faults.refusal(403, reason="userRateLimitExceeded", message="Quota exceeded for quota metric 'Queries'")
        return self._with_faults(method, lambda: self._answered(request, checked))

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

    def _with_faults(self, method: str, does: Callable[[], Answer]) -> Answer:
        with self.lock:
            fault = self.faults.strike(method)
        if fault is None:
            return does()
        fault.reached.set()
        if fault.act is Act.SLOW:
            self._stopping.wait(fault.seconds)
            return does()
        if fault.act is Act.HOLD:
            fault.released.wait(fault.seconds)
            return does()
        done = does() if fault.done else None
        if fault.act is Act.CUT:
            raise Broken(octets(done or fault.answer)[: fault.after])
        return fault.answer

    def _count(self, method: str) -> None:
        with self.lock:
            self.calls[method] += 1
            self.units += UNITS.get(method, 0)

    def violation(self, text: str) -> None:
        """Keep what must not be."""
        with self.lock:
            self.violations.append(text)
