"""What Google's refusals mean, and what the user can do: each error of its endpoints as one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.auth.google.client import GoogleClient
from connectors.auth.trouble import plain
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Unavailable

__all__ = ["TEMPORARY", "TESTING", "at_sign_in", "at_token"]

TESTING: Final = (
    "If it happens every seven days, your project's publishing status is 'Testing', where Google ends each sign-in after a week: "
    "in its console, under Google Auth Platform > Audience, choose 'Publish app', and then sign in once more"
)
"""https://support.google.com/cloud/answer/15549945: in Testing, authorizations and refresh tokens end after seven days."""

TEMPORARY: Final = frozenset({"temporarily_unavailable", "server_error", "internal_failure", "rate_limit_exceeded", "slow_down"})
"""Errors of the token endpoint that go away by themselves."""
_OF_CLIENT = frozenset({"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"})
_OF_FORM = frozenset({"invalid_request", "redirect_uri_mismatch", "unsupported_grant_type", "invalid_scope", "restricted_client"})


def at_token(told: Mapping[str, Any], client: GoogleClient, renew: str, *, made: str = "") -> ConnectorError:
    """Explain an error answer of the token endpoint (RFC 6749 section 5.2) to a refresh.

    `renew` is how to sign in anew, and `made` when and for whom the sign-in was made, both as parts of a sentence.
    """
    error, detail = _error(told)
    said = f"{error}: {detail}" if detail else error
    if error == "invalid_grant":
        if "rapt" in f"{told.get('error_subtype', '')} {detail}":
            return AuthNeeded(
                f"Your organisation lets sign-ins at Google last for a limited time, and this one{made} is over: {renew}."
            )
        return AuthNeeded(
            f"Google no longer accepts the sign-in{made} ({said}): it has ended or was revoked. Please {renew}. {TESTING}."
        )
    return _of_client(error, said, client) or AuthNeeded(f"Google refused to renew the sign-in{made} ({said}): {renew}.")


def at_sign_in(told: Mapping[str, Any], client: GoogleClient, again: str) -> ConnectorError:
    """Explain an error that came back from the consent page (RFC 6749 section 4.1.2.1) or for the code it gave.

    `again` is the command that signs in. Google's own codes: section "Authorization errors" of
    https://developers.google.com/identity/protocols/oauth2/native-app.
    """
    error, detail = _error(told)
    said = f"{error}: {detail}" if detail else error
    match error:
        case "access_denied":
            return AuthNeeded(f"Access was not allowed on Google's page, so nothing was stored. To allow it: `{again}`.")
        case "invalid_grant":
            return AuthNeeded(
                f"Google did not take the answer of its own page ({said}): it is good once, and not for long. "
                f"Do it again: `{again}`."
            )
        case "admin_policy_enforced" | "org_internal" | "disallowed_useragent":
            return AuthNeeded(
                f"Your organisation, or the kind of the project, does not allow this sign-in ({said}). Ask its administrator to "
                "allow the client, or make the client in a project whose audience is 'External'."
            )
    return _of_client(error, said, client) or AuthNeeded(f"Google refused the sign-in ({said}). Try again: `{again}`.")


def _error(told: Mapping[str, Any]) -> tuple[str, str]:
    """Return code and description; some Google endpoints nest them."""
    error = told.get("error", "")
    if isinstance(error, Mapping):
        return plain(error.get("status") or error.get("code") or "error", 60), plain(error.get("message", ""))
    return plain(error or "unknown error", 60), plain(told.get("error_description") or told.get("error_uri") or "")


def _of_client(error: str, said: str, client: GoogleClient) -> ConnectorError | None:
    if error in TEMPORARY:
        return Unavailable(f"Google's sign-in does not work just now ({said}).")
    if error in _OF_CLIENT:
        return Misconfigured(
            f"Google does not know the client in {client.path}, or its secret ({said}). It may have been deleted in the console: "
            "make a new 'Desktop app' client, download its file, and sign in again."
        )
    if error in _OF_FORM:
        return Misconfigured(
            f"Google refused how it was asked ({said}). Is the client in {client.path} of the type 'Desktop app'?"
        )
    return None
