"""Run as a process of its own by `watcher.secrets`: one question to the keyring, as JSON from stdin, answered on stdout.

Being a process it can be ended when D-Bus hangs; having no terminal and an exhausted stdin it cannot prompt.

A secret that is too long for one entry stands in several. Its own entry then names them, and is written last: whoever reads finds
the old secret or the new one, whole.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from typing import Any

PIECE = 1200
"""Characters of an entry: Windows takes 2,560 octets of UTF-16 (CRED_MAX_CREDENTIAL_BLOB_SIZE)."""
_HEAD = "hearback:pieces:"
_READINGS = 3


def answer(request: dict[str, Any]) -> dict[str, str]:
    """Carry out `get`, `set` or `delete`; errors become `error` (the exception's name) and `detail`."""
    import keyring  # noqa: PLC0415 -- the import itself may fail, which is an answer too
    from keyring.errors import NoKeyringError  # noqa: PLC0415

    backend = keyring.get_keyring()
    told = {"backend": f"{type(backend).__module__}.{type(backend).__qualname__}"}
    try:
        if not request["interactive"] and _locked(told["backend"]):
            return told | {"error": "KeyringLocked", "detail": ""}
        if request["do"] == "set":
            _put(backend, request["service"], request["username"], request["secret"])
            return told
        if request["do"] == "delete":
            _drop(backend, request["service"], request["username"], backend.get_password(request["service"], request["username"]))
            backend.delete_password(request["service"], request["username"])
            return told
        secret = _whole(backend, request["service"], request["username"])
    except NoKeyringError:
        return told | {"error": "NoKeyringError", "detail": ""}
    except Exception as error:  # noqa: BLE001 -- backends raise what they like; all of it is an answer
        detail = "" if request["do"] == "set" else str(error)[:200]  # what is being stored might be quoted
        return told | {"error": type(error).__name__, "detail": detail}
    return told if secret is None else told | {"secret": secret}


def _put(backend: Any, service: str, user: str, secret: str) -> None:
    """Store a secret in place of another, in as many entries as it takes."""
    before = backend.get_password(service, user)
    # Outside of ASCII a character may take two units of UTF-16.
    most = PIECE if secret.isascii() else PIECE // 2
    if len(secret) <= most:
        backend.set_password(service, user, secret)
    else:
        mark = secrets.token_hex(4)
        pieces = [secret[start : start + most] for start in range(0, len(secret), most)]
        for number, piece in enumerate(pieces):
            backend.set_password(service, _piece(user, mark, number), piece)
        backend.set_password(service, user, f"{_HEAD}{mark}:{len(pieces)}:{_digest(secret)}")
    _drop(backend, service, user, before)


def _whole(backend: Any, service: str, user: str) -> str | None:
    """Return a secret, put together; None where there is none. Raises LookupError where a part of it is missing."""
    for _ in range(_READINGS):  # somebody may be writing
        head: str | None = backend.get_password(service, user)
        if head is None or (found := _read_head(head)) is None:
            return head
        mark, count, digest = found
        pieces = [backend.get_password(service, _piece(user, mark, number)) for number in range(count)]
        if None not in pieces and _digest(secret := "".join(pieces)) == digest:
            return secret
    raise LookupError("of a secret that stands in several entries one is missing, or was changed")


def _drop(backend: Any, service: str, user: str, head: str | None) -> None:
    """Remove the further entries that an entry names."""
    from keyring.errors import PasswordDeleteError  # noqa: PLC0415 -- see `answer`

    if head is None or (found := _read_head(head)) is None:
        return
    mark, count, _ = found
    for number in range(count):
        try:
            backend.delete_password(service, _piece(user, mark, number))
        except PasswordDeleteError:
            continue  # it is gone already


def _read_head(text: str) -> tuple[str, int, str] | None:
    """Return mark, number of pieces and digest; None where it is a secret itself."""
    if not text.startswith(_HEAD):
        return None
    mark, count, digest = text.removeprefix(_HEAD).split(":")
    return mark, min(int(count), 100), digest


def _piece(user: str, mark: str, number: int) -> str:
    return f"{user} ({mark}, part {number + 1})"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _locked(backend: str) -> bool:
    """Say whether asking would make the desktop prompt: the Secret Service's default collection is locked."""
    if not backend.startswith("keyring.backends.SecretService"):
        return False
    import secretstorage  # noqa: PLC0415 -- there wherever that backend is

    connection = secretstorage.dbus_init()
    try:
        return bool(secretstorage.get_default_collection(connection).is_locked())
    finally:
        connection.close()


def main() -> None:
    """Answer the one question on stdin."""
    request = json.load(sys.stdin)
    stdout, sys.stdout = sys.stdout, sys.stderr  # what a backend prints is no part of the answer
    try:
        told = answer(request)
    except Exception as error:  # noqa: BLE001 -- e.g. a configured backend that cannot be imported
        told = {"backend": "", "error": type(error).__name__, "detail": str(error)[:200]}
    json.dump(told, stdout)


if __name__ == "__main__":
    main()
