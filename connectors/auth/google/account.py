"""What is asked of Google beside mail: whose mailbox a sign-in is for, and to forget it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from connectors.auth.asking import host_of, parse_object
from connectors.auth.google.transport import Transport
from connectors.auth.trouble import plain
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Unavailable

__all__ = ["GMAIL", "mailbox_of", "revoke"]

GMAIL = "https://gmail.googleapis.com"
_PROJECT = re.compile(r"\d{6,20}")


def mailbox_of(token: str, transport: Transport, endpoint: str = GMAIL) -> str:
    """Return the address of the mailbox that an access token opens, by users.getProfile.

    https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile. Raises AuthNeeded, Misconfigured,
    Unavailable.
    """
    url = f"{endpoint.rstrip('/')}/gmail/v1/users/me/profile"
    response = transport(url, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})
    told = parse_object(response.data) or {}
    if response.status != 200:  # noqa: PLR2004 - a good answer
        raise _refusal(response.status, told, host_of(url))
    address = told.get("emailAddress")
    if not isinstance(address, str) or "@" not in address:
        raise Unavailable(f"{host_of(url)} does not say whose mailbox it is. Try again later.")
    return plain(address, 320)


def revoke(refresh_token: str, transport: Transport, url: str) -> bool:
    """Let Google forget a grant (RFC 7009); return False where it knew none. Raises Unavailable.

    https://developers.google.com/identity/protocols/oauth2/native-app#tokenrevoke
    """
    body = urlencode({"token": refresh_token}).encode()
    response = transport(url, method="POST", body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    if response.status == 200:  # noqa: PLR2004 - a good answer
        return True
    error = (parse_object(response.data) or {}).get("error")
    if error in {"invalid_token", "invalid_grant"}:
        return False
    raise Unavailable(
        f"{host_of(url)} did not take the access back ({plain(error or f'status {response.status}')}), so nothing was removed "
        "here either. Try again, or remove Hearback at https://myaccount.google.com/connections."
    )


def _refusal(status: int, told: dict[str, Any], where: str) -> ConnectorError:
    """Explain an error of the interface (https://developers.google.com/workspace/gmail/api/guides/handle-errors)."""
    error = told.get("error")
    error = error if isinstance(error, dict) else {"message": error}
    reasons = _reasons(error)
    message = plain(error.get("message") or f"status {status}")
    if reasons & {"accessNotConfigured", "SERVICE_DISABLED"}:
        project = next(iter(_PROJECT.findall(str(error.get("message", "")))), "")
        link = "https://console.cloud.google.com/apis/library/gmail.googleapis.com" + (f"?project={project}" if project else "")
        return Misconfigured(
            f"The Gmail API is not switched on in the project of your client. Switch it on at {link} and try again in a few "
            "minutes."
        )
    if reasons & {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
        return AuthNeeded(
            "The sign-in does not cover reading the mailbox: sign in once more and tick every box on Google's page."
        )
    if status == 401:  # noqa: PLR2004 - unauthorized
        return AuthNeeded(f"Google does not accept the access token it has just given ({message}). Sign in once more.")
    if reasons & {"failedPrecondition"}:
        return Misconfigured(f"This Google account has no Gmail mailbox ({message}). Sign in with the account that has.")
    if status in {403, 429} and reasons & {"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"}:
        return Unavailable(f"{where} asks for patience ({message}).")
    return Misconfigured(f"{where} refused to say whose mailbox it is: {message}. Is api_url right?")


def _reasons(error: dict[str, Any]) -> set[str]:
    found = set()
    for name in ("errors", "details"):
        each = error.get(name)
        for one in each if isinstance(each, list) else ():
            if isinstance(one, dict) and isinstance(reason := one.get("reason"), str):
                found.add(reason)
    return found
