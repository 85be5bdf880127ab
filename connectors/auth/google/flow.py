"""The sign-in itself: a page of Google's in the user's browser, an answer to the loopback interface, a grant for the code in it.

https://developers.google.com/identity/protocols/oauth2/native-app, RFC 8252 (native apps) and RFC 7636 (PKCE). InstalledAppFlow
makes the address and redeems the code. Its own little web server is not used: it takes the first request for the answer,
whoever sent it, and nothing can be pasted instead.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from google_auth_oauthlib.flow import InstalledAppFlow

from connectors.auth.answer import NotTheAnswer, read_answer
from connectors.auth.asking import host_of, parse_object, prepare_session
from connectors.auth.google.client import GoogleClient
from connectors.auth.google.grant import Grant, is_token, missing_scopes
from connectors.auth.google.refusal import at_sign_in
from connectors.auth.google.transport import GOOGLE, Transport, check_google
from connectors.auth.trouble import unreachable
from connectors.errors import AuthNeeded, ConnectorError, Unavailable

__all__ = ["NotTheAnswer", "SignIn"]

_EXPIRES_CAP = 10 * 365 * 86_400


class SignIn:
    """One attempt; it is redeemed once."""

    def __init__(  # noqa: PLR0917 - each is another part of the attempt
        self, client: GoogleClient, scopes: Collection[str], redirect_uri: str, transport: Transport, again: str, hint: str = ""
    ) -> None:
        """Take where Google's page sends the browser in the end, how to start over (a command), and the address to propose."""
        self._client = client
        self._scopes = tuple(scopes)
        self._transport = transport
        self._again = again
        config = {
            "installed": {
                "client_id": client.client_id,
                "client_secret": client.client_secret,
                "auth_uri": client.auth_url,
                "token_uri": client.token_url,
                "redirect_uris": [redirect_uri],
            }
        }
        for name in ("requests_oauthlib", "oauthlib"):
            logging.getLogger(name).setLevel(logging.WARNING)  # below that they would log code and client secret
        self._flow = InstalledAppFlow.from_client_config(config, self._scopes, redirect_uri=redirect_uri)
        # consent: else Google gives no refresh token to whom it gave one before
        asked = {"access_type": "offline", "prompt": "consent"} | ({"login_hint": hint} if hint else {})
        self.url: str
        self._state: str
        with _plain_http(client.auth_url):
            self.url, self._state = self._flow.authorization_url(**asked)

    def code_in(self, answer: str) -> str:
        """Return the code in the address that the browser was sent to, whole or from its question mark on.

        Raises NotTheAnswer where it belongs to no sign-in, or to another one; AuthNeeded and its like where Google said no.
        """
        values = read_answer(answer, self._state, GOOGLE)
        if "error" in values:
            raise at_sign_in(values, self._client, self._again)
        return values["code"]

    def redeem(self, code: str, now: datetime) -> tuple[Grant, str]:
        """Return the grant that Google gives for the code at `now` (aware), and a first access token.

        Raises AuthNeeded when Google refuses, gives no refresh token, or when the user allowed less than was asked for;
        Misconfigured and Unavailable as the transport does.
        """
        told = self._exchange(code)
        token, refresh = told.get("access_token"), told.get("refresh_token")
        if not is_token(token):
            raise Unavailable(f"{host_of(self._client.token_url)} answered without an access token.")
        granted = told.get("scope")
        # Where nothing is said, what was asked for was given (RFC 6749 section 5.1).
        scopes = tuple(granted.split()) if isinstance(granted, str) and granted.strip() else self._scopes
        if lacking := missing_scopes(scopes, self._scopes):
            raise AuthNeeded(
                f"On Google's page not everything was allowed ({', '.join(lacking)} is missing), so nothing was stored. "
                f"Sign in once more with `{self._again}` and tick every box there."
            )
        if not isinstance(refresh, str) or not refresh:
            raise AuthNeeded(
                "Google gave no refresh token, without which access ends in an hour; nothing was stored. Remove the app at "
                f"https://myaccount.google.com/connections, then sign in once more with `{self._again}`."
            )
        if not is_token(refresh):
            raise Unavailable(f"{host_of(self._client.token_url)} gave a refresh token that is none.")
        return Grant(refresh, self._client.client_id, scopes, granted=now, ends=_end(told, now)), token

    def _exchange(self, code: str) -> dict[str, Any]:
        """Redeem the code; what the token endpoint answers is looked at before the library reads it."""
        client, session = self._client, self._flow.oauth2session
        where = host_of(client.token_url)
        answers: list[dict[str, Any]] = []

        def look(response: Any) -> Any:
            self._transport.clock.note(response.headers)
            check_google(where, response.status_code, response.headers, response.content)
            told = parse_object(response.content) or {}
            if "error" in told or response.status_code != 200:  # noqa: PLR2004 - a good answer
                raise at_sign_in(told, client, self._again)
            answers.append(told)
            return response

        prepare_session(session)
        session.max_redirects = 0
        session.register_compliance_hook("access_token_response", look)
        try:
            with _plain_http(client.token_url):
                # In the body, as Google's documents have it; the library's default is a header.
                self._flow.fetch_token(code=code, include_client_id=True, timeout=self._transport.timeout)
        except ConnectorError:
            raise
        except OSError as error:  # all that `requests` raises
            raise unreachable(error, where, self._transport.timeout, GOOGLE) from None
        except Exception as error:  # noqa: BLE001 - the library objects to a changed scope with a bare Warning, for one
            # What it objects to in an answer, such as fewer scopes, is looked at by `redeem`, which has words for it.
            if not answers:
                raise Unavailable(f"{where} answered in a form that cannot be read ({type(error).__name__}).") from None
        return answers[0] if answers else {}


def _end(told: dict[str, Any], now: datetime) -> datetime | None:
    """Return when the refresh token ends, where Google tells it: in Testing it does, and for access that is limited in time."""
    seconds = told.get("refresh_token_expires_in")
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < _EXPIRES_CAP:
        return now.astimezone(UTC) + timedelta(seconds=seconds)
    return None


@contextmanager
def _plain_http(url: str) -> Iterator[None]:
    """Let oauthlib deal with an address without TLS, which `check_url` allows on this machine alone.

    It asks nobody but its environment variable; nothing else runs in a process that signs in.
    """
    name = "OAUTHLIB_INSECURE_TRANSPORT"
    before = os.environ.get(name)
    if urlsplit(url).scheme == "http":
        os.environ[name] = "1"
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before
