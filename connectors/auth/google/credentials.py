"""Credentials that renew themselves from a grant, and say in our words when they cannot."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import google.auth.exceptions
from google.oauth2.credentials import Credentials

from connectors.auth.asking import host_of
from connectors.auth.google.client import GoogleClient
from connectors.auth.google.grant import Grant, missing_scopes
from connectors.auth.google.refusal import at_token
from connectors.auth.google.transport import Transport
from connectors.errors import AuthNeeded, ConnectorError, Unavailable

__all__ = ["GoogleCredentials", "build_credentials", "check_grant", "made_words"]


class GoogleCredentials(Credentials):
    """Credentials of google-auth whose `refresh` raises ConnectorErrors; make them with `build_credentials`.

    Whoever uses them must refresh no other way: the libraries do it through `before_request`, also after a 401.
    """

    _transport: Transport
    _explain: Callable[[dict[str, Any]], ConnectorError]
    _on_token: Callable[[str], None]

    def refresh(self, request: object) -> None:
        """Get a new access token, over our own transport instead of `request`.

        Raises AuthNeeded, Misconfigured, Unavailable or Throttled.
        """
        del request
        where = host_of(str(self.token_uri))
        try:
            super().refresh(self._transport)  # type: ignore[no-untyped-call]  # google-auth has no types for it
        except google.auth.exceptions.RefreshError as error:
            told = next((each for each in error.args if isinstance(each, dict)), None)
            if told is None:  # google-auth keeps the answer to itself where an organisation limits how long sign-ins last
                told = {"error": "invalid_grant", "error_subtype": "invalid_rapt"} if "eauth" in str(error) else {}
            if "error" not in told:
                raise Unavailable(f"{where} answered without an access token. Trying again later.") from None
            raise self._explain(told) from None
        except (KeyError, TypeError, ValueError):
            raise Unavailable(f"{where} answered in a form that cannot be read. Trying again later.") from None
        if not isinstance(self.token, str) or not self.token.isascii() or not self.token.isprintable():
            self.token = None
            raise Unavailable(f"{where} gave an access token that is none. Trying again later.")
        self._on_token(self.token)

    def _make_copy(self) -> GoogleCredentials:
        made: GoogleCredentials = super()._make_copy()  # type: ignore[no-untyped-call]  # see above
        made._transport, made._explain, made._on_token = self._transport, self._explain, self._on_token
        return made


def made_words(grant: Grant) -> str:
    """Return whose sign-in it is and from which day, as far as is known, to stand behind "the sign-in"."""
    return (f" of {grant.address}" if grant.address else "") + (f" from {grant.granted.date()}" if grant.granted else "")


def check_grant(client: GoogleClient, grant: Grant, wanted: Collection[str], renew: str) -> None:
    """Raise AuthNeeded where what is known of the grant shows that it will not do."""
    if grant.client_id and grant.client_id != client.client_id:
        raise AuthNeeded(
            f"The sign-in{made_words(grant)} was made with another client than the one in {client.path}, and is good for that "
            f"one only: {renew}, or name the other client's file with client_file."
        )
    if grant.scopes and (lacking := missing_scopes(grant.scopes, wanted)):
        raise AuthNeeded(f"The sign-in{made_words(grant)} does not cover what is needed ({', '.join(lacking)}): {renew}.")


def build_credentials(  # noqa: PLR0917 - each is another part of the sign-in
    client: GoogleClient,
    grant: Grant,
    wanted: Collection[str],
    transport: Transport,
    renew: str,
    on_token: Callable[[str], None] = lambda _: None,
) -> GoogleCredentials:
    """Return credentials without an access token yet; nothing is asked.

    `wanted` are the scopes needed, `renew` is how to sign in anew, as the end of a sentence, and `on_token` is told of each
    access token before it is used. Raises AuthNeeded where the grant is not good for that.
    """
    check_grant(client, grant, wanted, renew)
    made: GoogleCredentials = GoogleCredentials(  # type: ignore[no-untyped-call]  # see above
        None,
        refresh_token=grant.refresh_token,
        token_uri=client.token_url,
        client_id=client.client_id,
        client_secret=client.client_secret,
    )
    words = made_words(grant)
    made._transport = transport  # noqa: SLF001 - the constructor keeps google-auth's signature, which its copies rely on
    made._explain = lambda told: at_token(told, client, renew, made=words)  # noqa: SLF001 - see above
    made._on_token = on_token  # noqa: SLF001 - see above
    return made
