"""Answers of the service, and the JSON in which it says no.

Codes, reasons and the shape of the body: https://developers.google.com/workspace/gmail/api/guides/handle-errors and, for `status`
and `details`, https://cloud.google.com/apis/design/errors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tests.servers.answering import Answer

__all__ = ["Answer", "ApiError", "Json", "json_answer", "refusal"]

Json = dict[str, Any]

_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_REASON: Final = {
    400: "invalidArgument",
    401: "authError",
    403: "forbidden",
    404: "notFound",
    409: "aborted",
    412: "failedPrecondition",
    429: "rateLimitExceeded",
    500: "backendError",
    501: "notImplemented",
    502: "backendError",
    503: "backendError",
    504: "backendError",
}
_DOMAIN: Final = {
    "rateLimitExceeded": "usageLimits",
    "userRateLimitExceeded": "usageLimits",
    "dailyLimitExceeded": "usageLimits",
    "quotaExceeded": "usageLimits",
    "accessNotConfigured": "usageLimits",
    "domainPolicy": "global",
}
_TEXT: Final = {
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "dailyLimitExceeded": "Daily Limit Exceeded",
    "authError": "Invalid Credentials",
    "backendError": "Backend Error",
    "notFound": "Requested entity was not found.",
    "domainPolicy": "The domain administrators have disabled Gmail apps.",
}


class ApiError(Exception):
    """The service says no; `answer` is what it says."""

    def __init__(
        self,
        status: int,
        message: str = "",
        *,
        reason: str = "",
        details: list[Json] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Take the HTTP status; the rest has what is usual for it."""
        reason = reason or _REASON.get(status, "unknown")
        self.message = message or _TEXT.get(reason, reason)
        super().__init__(f"{status} {reason}: {self.message}")
        item: Json = {"message": self.message, "domain": _DOMAIN.get(reason, "global"), "reason": reason}
        extra = dict(headers or {})
        if status == 401:
            item |= {"location": "Authorization", "locationType": "header"}
            extra.setdefault("WWW-Authenticate", 'Bearer realm="https://accounts.google.com/", error="invalid_token"')
        error: Json = {
            "code": status,
            "message": self.message,
            "errors": [item],
            "status": _STATUS.get(status, "UNKNOWN"),
        }
        if details:
            error["details"] = details
        self.answer = Answer(status, json.dumps({"error": error}).encode(), extra)


def refusal(
    status: int, *, reason: str = "", message: str = "", retry_after: float | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Return an error as the service words it (https://developers.google.com/workspace/gmail/api/guides/handle-errors)."""
    extra = dict(headers or {})
    if retry_after is not None:
        extra["Retry-After"] = f"{retry_after:g}"
    return ApiError(status, message, reason=reason, headers=extra).answer


def json_answer(value: Json | None, status: int = 200) -> Answer:
    """Return an answer with a JSON body; None: no content (204), as methods without a response have it."""
    if value is None:
        return Answer(204, b"", {}, "")
    return Answer(status, json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
