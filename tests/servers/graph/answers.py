"""Answers of the service, and the JSON in which it says no.

Shape and codes: https://learn.microsoft.com/en-us/graph/errors; codes of Exchange (`Error…`) as
https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/responsecode names them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tests.servers.answering import Answer

__all__ = ["KIND", "Answer", "GraphError", "Json", "json_answer", "parsed"]

Json = dict[str, Any]

KIND: Final = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
_CODE: Final = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "ErrorAccessDenied",
    404: "ErrorItemNotFound",
    405: "Request_BadRequest",
    409: "ErrorIrresolvableConflict",
    410: "SyncStateNotFound",
    412: "ErrorIrresolvableConflict",
    413: "RequestEntityTooLarge",
    424: "FailedDependency",
    429: "ApplicationThrottled",
    500: "ErrorInternalServerError",
    501: "NotImplemented",
    502: "BadGateway",
    503: "ErrorServerBusy",
    504: "UnknownError",
}
_TEXT: Final = {
    "InvalidAuthenticationToken": "Lifetime validation failed, the token is expired.",
    "ErrorAccessDenied": "Access is denied. Check credentials and try again.",
    "ErrorItemNotFound": "The specified object was not found in the store.",
    "ErrorInvalidIdMalformed": "Id is malformed.",
    "ErrorIrresolvableConflict": "The change key passed in the request does not match the current change key for the item.",
    "SyncStateNotFound": "The sync state generation is not found; a full synchronization is required.",
    "ApplicationThrottled": "Application is over its MailboxConcurrency limit.",
    "ErrorServerBusy": "The server cannot service this request right now. Try again later.",
    "InefficientFilter": "The restriction or sort order is too complex for this operation.",
    "FailedDependency": "A request on which this one depends has failed.",
}


class GraphError(Exception):
    """The service says no; `answer` is how."""

    def __init__(self, status: int, message: str = "", *, code: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Take an HTTP status; the rest has what is usual for it."""
        self.code = code or _CODE.get(status, "UnknownError")
        self.message = message or _TEXT.get(self.code, self.code)
        super().__init__(f"{status} {self.code}: {self.message}")
        inner = {"date": "2025-03-04T00:00:00", "request-id": _REQUEST, "client-request-id": _REQUEST}
        body = {"error": {"code": self.code, "message": self.message, "innerError": inner}}
        extra = {"request-id": _REQUEST, **(headers or {})}
        if status == 401:
            extra.setdefault("WWW-Authenticate", 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common"')
        self.answer = Answer(status, json.dumps(body).encode(), extra, "application/json")


_REQUEST: Final = "3c3a1f5e-0000-4000-8000-00000000c0de"


def json_answer(value: Json | None, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer with a JSON body; None: no content (204)."""
    extra = {"request-id": _REQUEST, "OData-Version": "4.0", **(headers or {})}
    if value is None:
        return Answer(204, b"", extra, "")
    return Answer(status, json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), extra, KIND)


def parsed(body: bytes) -> object:
    """Return JSON; raises GraphError 400."""
    try:
        return json.loads(body)
    except ValueError:
        raise GraphError(400, "Unable to read JSON request payload. Please ensure Content-Type header is set.") from None
