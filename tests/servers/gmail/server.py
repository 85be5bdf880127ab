"""An in-memory Gmail over HTTP on loopback: mailboxes, sign-in, faults; and a judge of every request.

It behaves as the public pages say (each module names those it follows); where they leave something open, it takes the side on
which a careless client falls, and `Quirks` has the other. Whatever a request has that the discovery document does not know is
answered 400 and kept in `violations`, which tests expect to be empty.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from google.oauth2.credentials import Credentials

from tests.servers.answering import Request
from tests.servers.gmail.answers import Answer, ApiError, Json
from tests.servers.gmail.checking import Checked
from tests.servers.gmail.judging import Judge
from tests.servers.gmail.mailbox import Mailbox
from tests.servers.gmail.methods import METHODS, Asked
from tests.servers.gmail.oauth import CLIENT_ID, CLIENT_SECRET, MODIFY, Grant, Tokens

__all__ = ["FakeGmail"]


def _now() -> datetime:
    return datetime.now(UTC)


class FakeGmail(Judge):
    """The service. Used as a context manager; everything may be called from any thread."""

    def __init__(self, *, clock: Callable[[], datetime] = _now, seed: int = 0, quota: int | None = None) -> None:
        """Take the server's own clock (aware), the seed of what goes wrong by chance, and the units of quota in each minute.

        https://developers.google.com/workspace/gmail/api/reference/quota: 6,000 a minute and user for new projects since 5/2026;
        beyond them 403 userRateLimitExceeded. None: no limit.
        """
        super().__init__(seed)
        self._quota = quota
        self._spent: deque[tuple[datetime, int]] = deque()
        self.clock = clock
        self.tokens = Tokens(clock)
        self._mailboxes: dict[str, Mailbox] = {}
        self._serial = 0

    # -- for tests

    def mailbox(self, address: str) -> Mailbox:
        """Return the mailbox of an address; it is made when it is first asked for."""
        with self.lock:
            return self._mailboxes.setdefault(address, Mailbox(address, self.clock, self.lock))

    def credentials(self, address: str, scopes: Collection[str] | None = None) -> Credentials:
        """Return what a user of that address has allowed (gmail.modify unless told), without an access token yet."""
        self.mailbox(address)
        with self.lock:
            grant = self.tokens.grant(address, scopes or (MODIFY,))
        return Credentials(  # type: ignore[no-untyped-call]  # the library has no types here
            token=None,
            refresh_token=grant.refresh_token,
            token_uri=f"{self.url}/token",
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            scopes=sorted(grant.scopes),
        )

    def revoke(self, address: str) -> None:
        """Take back what a user has allowed: 401 for access tokens, `invalid_grant` for refresh tokens."""
        with self.lock:
            self.tokens.revoke(address)

    def expire_tokens(self, address: str) -> None:
        """Let the access tokens of a user run out."""
        with self.lock:
            self.tokens.expire(address)

    def expire_history(self, address: str) -> None:
        """Let every history identifier that was handed out be answered 404."""
        with self.lock:
            self.mailbox(address).expire_history()

    # -- over HTTP

    def token(self, request: Request) -> Answer:
        """Answer the token endpoint."""
        with self.lock:
            return self.tokens.endpoint(request.body)

    def grant(self, authorization: str) -> Grant:
        """Return what the Authorization field stands for; raises ApiError 401."""
        with self.lock:
            return self.tokens.bearer(authorization)

    def affords(self, units: int) -> bool:
        """Say whether the quota of the minute that ends now has so many units left, and take them."""
        with self.lock:
            now = self.clock()
            while self._spent and self._spent[0][0] <= now - timedelta(minutes=1):
                self._spent.popleft()
            if self._quota is not None and sum(one for _, one in self._spent) + units > self._quota:
                return False
            if self._quota is not None:
                self._spent.append((now, units))
        return True

    def besides(self, request: Request) -> Answer | None:
        """Answer the end of a grant (https://developers.google.com/identity/protocols/oauth2/native-app#tokenrevoke)."""
        if request.verb == "POST" and request.target.partition("?")[0] in {"/revoke", "/oauth2/revoke"}:
            with self.lock:
                return self.tokens.end(request.body, request.target.partition("?")[2])
        return None

    def done(self, checked: Checked, grant: Grant) -> Json | None:
        """Do what was asked for."""
        method = checked.route.method.id
        does = METHODS.get(method)
        if does is None:
            self.violation(f"{method}: not known to be used")
            raise ApiError(501)
        with self.lock:
            self._serial += 1
            mailbox = self._mailboxes[grant.address]
            return does(Asked.of(checked, mailbox, grant.scopes, self._serial))
