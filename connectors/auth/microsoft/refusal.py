"""What Microsoft's refusals mean, and what the user can do: each error of its sign-in as one of ours.

Which kind of error it is follows from `error` (RFC 6749 section 5.2), as Microsoft asks for
(https://learn.microsoft.com/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from connectors.auth.microsoft.advice import TRANSIENT, advice_on, compare
from connectors.auth.microsoft.registration import MICROSOFT, Registration
from connectors.auth.trouble import plain
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Unavailable

__all__ = ["TEMPORARY", "at_device", "at_discovery", "at_refresh", "at_sign_in", "error_of", "words_of"]

TEMPORARY: Final = frozenset({"temporarily_unavailable", "server_error"})
"""Errors that go away by themselves."""
_OF_FORM: Final = frozenset(
    {
        *("invalid_client", "unauthorized_client", "invalid_request", "invalid_resource", "invalid_scope", "invalid_tenant"),
        *("unsupported_grant_type", "unsupported_response_type", "invalid_instance"),
    }
)
"""Errors that signing in once more does not heal: application, tenant or request are wrong."""
_LONGEST = 300
_NUMBER = re.compile(r"AADSTS(\d{4,9})\b")
_CODE = re.compile(r"[0-9]{4,9}")
_TRACE = re.compile(r"(?:Trace ID|Correlation ID|Timestamp|Request ID): .*", re.DOTALL | re.IGNORECASE)
"""Other for each answer: a message about a lost sign-in shall be the same each time, so that it is told once."""


def at_refresh(told: Mapping[str, Any], registration: Registration, renew: str, *, made: str = "") -> ConnectorError:
    """Explain an error answer of the token endpoint to a renewal.

    `renew` is how to sign in anew, and `made` when and for whom the sign-in was made, both as parts of a sentence.
    """
    return _explained(told, registration, f"{MICROSOFT} no longer renews the sign-in{made}", f"Please {renew}")


def at_discovery(told: Mapping[str, Any], registration: Registration) -> ConnectorError:
    """Explain why the authority does not say where one signs in."""
    start = "Correct tenant in the configuration"
    return _explained(told, registration, f"{MICROSOFT} does not let anybody sign in at {registration.authority}", start)


def at_sign_in(told: Mapping[str, Any], registration: Registration, again: str) -> ConnectorError:
    """Explain an error that came back from the page, or for what it gave; `again` is the command that signs in."""
    start = f"Start over with `{again}`"
    if error_of(told) == "access_denied" and not _numbers(told) - {65004}:
        return AuthNeeded(
            f"Access was not allowed on {MICROSOFT}'s page, so nothing was stored ({words_of(told)}). To allow it: `{again}`."
        )
    return _explained(told, registration, f"{MICROSOFT} refused the sign-in, so nothing was stored", start)


def at_device(told: Mapping[str, Any], registration: Registration, again: str) -> ConnectorError:
    """Explain an error of the device flow (RFC 8628 section 3.5); `again` is the command that signs in."""
    match error_of(told):
        case "authorization_declined" | "access_denied":
            return AuthNeeded(
                f"The sign-in was declined on {MICROSOFT}'s page, so nothing was stored ({words_of(told)}). To allow it: "
                f"`{again}`."
            )
        case "expired_token" | "code_expired":
            return AuthNeeded(
                f"The code has run out before it was used, so nothing was stored ({words_of(told)}). For a new one: `{again}`."
            )
        case "bad_verification_code":
            return AuthNeeded(
                f"{MICROSOFT} does not know the code any more, so nothing was stored ({words_of(told)}). For a new one: "
                f"`{again}`."
            )
    return at_sign_in(told, registration, again)


def error_of(told: Mapping[str, Any]) -> str:
    """Return the code of an error; empty where it is none."""
    error = told.get("error")
    return error if isinstance(error, str) else ""


def words_of(told: Mapping[str, Any]) -> str:
    """Return what the service said, without the numbers of this one answer."""
    error = plain(told.get("error") or "unknown error", 60)
    detail = plain(_TRACE.sub("", str(told.get("error_description") or "")), _LONGEST)
    return f"{error}: {detail}" if detail else error


def _explained(told: Mapping[str, Any], registration: Registration, what: str, start: str) -> ConnectorError:
    error, numbers, said = error_of(told), _numbers(told), words_of(told)
    if error in TEMPORARY or numbers & TRANSIENT:
        return Unavailable(f"{MICROSOFT}'s sign-in does not work just now ({said}).")
    advice = advice_on(numbers, str(told.get("suberror") or ""), registration, start)
    if error in _OF_FORM:
        return Misconfigured(f"{what} ({said}). {advice or compare(registration)}.")
    return AuthNeeded(f"{what} ({said}). {advice or start}.")


def _numbers(told: Mapping[str, Any]) -> set[int]:
    codes = told.get("error_codes")
    told_codes = [str(code) for code in codes] if isinstance(codes, list) else []
    found = {int(code) for code in told_codes if _CODE.fullmatch(code)}
    return found | {int(number) for number in _NUMBER.findall(str(told.get("error_description") or "")[:4000])}
