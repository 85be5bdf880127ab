"""The sign-in itself: a page of Microsoft's in a browser, here or on another machine, and a grant for what comes of it.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow with RFC 7636 (PKCE), and
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code (RFC 8628). msal makes the address and redeems the code;
waiting for the user is ours, so that it can be ended at any moment.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import msal

from connectors.auth.answer import read_answer
from connectors.auth.asking import host_of
from connectors.auth.microsoft.app import build_app
from connectors.auth.microsoft.grant import Grant, GrantUnreadable, read_grant, slim
from connectors.auth.microsoft.refusal import at_device, at_sign_in, error_of
from connectors.auth.microsoft.registration import MICROSOFT, Registration
from connectors.auth.microsoft.renewing import is_token, readable
from connectors.auth.microsoft.scopes import missing_scopes
from connectors.auth.microsoft.transport import Transport
from connectors.auth.trouble import plain
from connectors.errors import AuthNeeded, Misconfigured, Unavailable

__all__ = ["DeviceSignIn", "SignIn"]

_LONGEST_WAIT: Final = 3600.0
_WAITING: Final = frozenset({"authorization_pending", "slow_down"})


class _Attempt:
    """What both ways have in common."""

    def __init__(self, registration: Registration, scopes: Collection[str], transport: Transport, again: str) -> None:
        """Ask the authority for its endpoints. Raises Misconfigured, Unavailable."""
        self._registration = registration
        self._scopes = tuple(scopes)
        self._again = again
        self._cache = msal.SerializableTokenCache()
        self._app = build_app(registration, transport, self._cache)

    def _granted(self, told: Mapping[str, Any], now: datetime) -> tuple[Grant, str]:
        """Return the grant of a good answer, and a first access token. Raises AuthNeeded, Unavailable."""
        where = host_of(self._registration.service)
        token = told.get("access_token")
        if not is_token(token):
            raise Unavailable(f"{where} answered without an access token.")
        named = told.get("scope")
        # Where nothing is said, what was asked for was given (RFC 6749 section 5.1).
        scopes = tuple(named.split()) if isinstance(named, str) and named.strip() else self._scopes
        if lacking := missing_scopes(scopes, self._scopes):
            raise AuthNeeded(
                f"On {MICROSOFT}'s page not everything was allowed ({', '.join(lacking)} is missing), so nothing was stored. Add "
                f"it to the application's API permissions if it is not there, and start over with `{self._again}`."
            )
        kept = slim(self._cache.serialize())
        grant = Grant(kept, self._registration.client_id, self._registration.authority, self._scopes, granted=now)
        try:
            read_grant(grant.text())
        except GrantUnreadable as error:
            if "refresh token" not in str(error):
                raise Unavailable(f"{where} does not say who signed in.") from None
            raise AuthNeeded(
                f"{MICROSOFT} gave no refresh token, without which access ends in an hour; nothing was stored. Let the "
                f"application {self._registration.client_id} have the permission offline_access, and start over with "
                f"`{self._again}`."
            ) from None
        return grant, token


class SignIn(_Attempt):
    """One attempt in a browser that can reach this machine, or whose last address is brought here; it is redeemed once."""

    def __init__(  # noqa: PLR0917 - each is another part of the attempt
        self,
        registration: Registration,
        scopes: Collection[str],
        redirect_uri: str,
        transport: Transport,
        again: str,
        hint: str = "",
    ) -> None:
        """Take where the page sends the browser in the end, how to start over (a command), and the address to propose.

        Raises Misconfigured, Unavailable.
        """
        super().__init__(registration, scopes, transport, again)
        with warnings.catch_warnings():
            # msal would rather have the answer posted, which nobody could bring here from the browser of another machine.
            warnings.simplefilter("ignore")
            self._flow = self._app.initiate_auth_code_flow(
                list(self._scopes), redirect_uri=redirect_uri, login_hint=hint or None, response_mode="query"
            )
        self.url: str = self._flow["auth_uri"]

    def answer_in(self, address: str) -> dict[str, str]:
        """Return the fields of the address that the browser was sent to, whole or from its question mark on.

        Raises NotTheAnswer where it belongs to no sign-in, or to another one; AuthNeeded and its like where Microsoft said no.
        """
        values = read_answer(address, self._flow["state"], MICROSOFT)
        if "error" in values:
            raise at_sign_in(values, self._registration, self._again)
        return values

    def redeem(self, answer: Mapping[str, str], now: datetime) -> tuple[Grant, str]:
        """Return the grant that Microsoft gives for the answer at `now` (aware), and a first access token.

        Raises AuthNeeded when Microsoft refuses, gives no refresh token, or when less was allowed than was asked for;
        Misconfigured and Unavailable as the transport does.
        """
        # What else came with the answer is nobody's word: client_info would choose who is asked.
        told = {key: answer[key] for key in ("code", "state")}
        with readable(self._registration):
            result = self._app.acquire_token_by_auth_code_flow(self._flow, told)
        if "error" in result:
            raise at_sign_in(result, self._registration, self._again)
        with readable(self._registration):
            return self._granted(result, now)


class DeviceSignIn(_Attempt):
    """One attempt with a code that the user types in on any machine."""

    def __init__(self, registration: Registration, scopes: Collection[str], transport: Transport, again: str) -> None:
        """Ask for a code. Raises AuthNeeded, Misconfigured, Unavailable."""
        super().__init__(registration, scopes, transport, again)
        if not self._app.authority.device_authorization_endpoint:
            raise Misconfigured(
                f"{host_of(registration.service)} gives no codes for other machines: sign in on the page, without --no-browser."
            )
        with readable(registration), _quiet():
            flow = self._app.initiate_device_flow(scopes=list(self._scopes))
            if "error" in flow:
                raise at_device(flow, registration, again)
            self._flow = flow
            self.code = plain(flow["user_code"], 40)
            """What the user types in."""
            self.link = _link(flow["verification_uri"])
            """Where."""
            self.seconds = min(float(flow["expires_in"]), _LONGEST_WAIT)
            """How long the code is good for."""
            str(flow["device_code"])

    @property
    def interval(self) -> float:
        """Return how many seconds to wait before the next question; it grows where the service asks for that."""
        return min(max(1.0, float(self._flow["interval"])), 60.0)

    @property
    def device_code(self) -> str:
        """Return the secret that the answer is fetched with."""
        return str(self._flow["device_code"])

    def ask(self, now: datetime) -> tuple[Grant, str] | None:
        """Ask once whether the user is done: return the grant and a first access token, or None where not yet.

        Raises AuthNeeded where the user said no or the code has run out, and Misconfigured and Unavailable as the transport does.
        """
        with readable(self._registration), _quiet():
            result = self._app.acquire_token_by_device_flow(self._flow, exit_condition=lambda _: True)
        if error_of(result) in _WAITING:
            return None
        if "error" in result:
            raise at_device(result, self._registration, self._again)
        with readable(self._registration):
            return self._granted(result, now)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep msal from warning of questions that come too soon, by a clock that may have been set: the time is kept elsewhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _link(value: object) -> str:
    """Return an address that can be shown. Raises ValueError."""
    link = plain(value, 300)
    if urlsplit(link).scheme != "https" or " " in link:
        raise ValueError("no address to go to")
    return link
