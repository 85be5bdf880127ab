"""Run as a process of its own by `watcher.secrets`: one question to the keyring, as JSON from stdin, answered on stdout.

Being a process it can be ended when D-Bus hangs; having no terminal and an exhausted stdin it cannot prompt.
"""

from __future__ import annotations

import json
import sys
from typing import Any


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
            backend.set_password(request["service"], request["username"], request["secret"])
            return told
        if request["do"] == "delete":
            backend.delete_password(request["service"], request["username"])
            return told
        secret = backend.get_password(request["service"], request["username"])
    except NoKeyringError:
        return told | {"error": "NoKeyringError", "detail": ""}
    except Exception as error:  # noqa: BLE001 -- backends raise what they like; all of it is an answer
        detail = "" if request["do"] == "set" else str(error)[:200]  # what is being stored might be quoted
        return told | {"error": type(error).__name__, "detail": detail}
    return told if secret is None else told | {"secret": secret}


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
