"""What a browser brings back at the end of a sign-in: the address that it was sent to (RFC 6749 section 4.1.2)."""

from __future__ import annotations

from secrets import compare_digest
from urllib.parse import parse_qs, urlsplit

__all__ = ["NotTheAnswer", "read_answer"]

_LONGEST = 16_384
_MOST_FIELDS = 50


class NotTheAnswer(ValueError):
    """What came is not the answer to this sign-in; `str()` says why, for the user. The right one may still come."""


def read_answer(answer: str, state: str, service: str) -> dict[str, str]:
    """Return the fields of an address, whole or from its question mark on: a `code` or an `error` is among them.

    Raises NotTheAnswer where it belongs to no sign-in, or to another one than that of `state`.
    """
    answer = answer.strip().strip("<>\"'")
    if len(answer) > _LONGEST:
        raise NotTheAnswer("that is too long for the address of the page")
    try:
        query = urlsplit(answer).query or (answer if "=" in answer and "/" not in answer.partition("=")[0] else "")
        values = {key: each[0] for key, each in parse_qs(query.lstrip("?"), max_num_fields=_MOST_FIELDS).items()}
    except ValueError:
        raise NotTheAnswer("that is no address") from None
    if not {"code", "error"} & values.keys():
        raise NotTheAnswer(
            f"it holds no answer of {service}'s: copy the whole address of the page that you were sent to at the end"
        )
    if not compare_digest(values.get("state", "").encode(errors="replace"), state.encode()):
        raise NotTheAnswer("it belongs to another sign-in: open the link shown here, and take the address that you end at")
    return values
