"""Logging: standard library, one line a record, secrets replaced before anything is written."""

from __future__ import annotations

import base64
import logging
import logging.handlers
import re
import sys
from io import TextIOWrapper
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from watcher.paths import private_file

__all__ = ["RedactingFormatter", "configure_logging", "redact", "register_secret"]

_MASK = "[secret]"
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_FILE_BYTES = 2_000_000
_FILE_KEPT = 3
_NOISY = (
    *("apscheduler", "keyring", "alembic", "watchfiles", "asyncio"),
    *("httpcore", "httpx", "urllib3", "google", "googleapiclient", "google_auth_httplib2"),
)
_TELLTALE = ("imapclient", "msal", "oauthlib", "requests_oauthlib")
"""These would log mail itself, and the secrets of a sign-in."""
_SHORTEST_CODED = 6
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

_REMEMBERED = 64
"""So many secrets, those used last. Access tokens are new every hour, and a daemon runs for months."""

_secrets: dict[str, frozenset[str]] = {}
"""Each with its forms, the one used last at the end."""
_lock = Lock()


def register_secret(secret: str) -> None:
    """From now on replace `secret` wherever it would be logged, in plain, quoted, escaped and base64 form."""
    if not secret:
        return
    with _lock:
        _secrets[secret] = _secrets.pop(secret, frozenset()) or frozenset(form for form in _forms(secret) if form)
        while len(_secrets) > _REMEMBERED:
            del _secrets[next(iter(_secrets))]


def _forms(secret: str) -> set[str]:
    """Return the secret as it may turn up: itself, in a repr, in a URL, and inside base64 (SASL PLAIN, XOAUTH2)."""
    forms = {secret, repr(secret)[1:-1], quote(secret, safe=""), secret.replace("\\", "\\\\").replace('"', '\\"')}
    if len(secret) >= _SHORTEST_CODED:
        data = secret.encode()
        forms.add(repr(data)[2:-1])
        for before in range(3):
            coded = base64.b64encode(b"\0" * before + data).decode()
            # Characters that share bits with their neighbours differ from mail to mail; those in between do not.
            start = (before * 8 + 5) // 6
            end = (before + len(data)) * 8 // 6
            forms.add(coded[start:end])
    return forms


def redact(text: str) -> str:
    """Return `text` with every registered secret replaced."""
    with _lock:
        secrets = sorted({form for forms in _secrets.values() for form in forms}, key=len, reverse=True)
    for secret in secrets:
        text = text.replace(secret, _MASK)
    return text


class RedactingFormatter(logging.Formatter):
    """Redacts the finished record: message, arguments, traceback and stack alike.

    What a mail says may stand in a message: its control characters are escaped, and further lines are set in, so that it can
    neither command a terminal nor pass for a line of the log.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as it is written."""
        text = redact(super().format(record)).replace("\r\n", "\n").replace("\n", "\n    ")
        return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating log that only this user can read."""

    def _open(self) -> TextIOWrapper:
        private_file(Path(self.baseFilename))
        return super()._open()


def configure_logging(level: str = "info", file: Path | None = None) -> None:
    """Log to stderr, and to `file` (0600, rotated at 2 MB, three kept) when one is given. May be called again.

    Libraries that tell what goes over the wire stay at warnings unless `level` is `debug`; those that would tell mail or secrets
    do so always. Raises OSError when the file cannot be written.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handlers.append(_PrivateFile(file, maxBytes=_FILE_BYTES, backupCount=_FILE_KEPT, encoding="utf-8"))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, RedactingFormatter):
            root.removeHandler(old)
            old.close()
    for handler in handlers:
        handler.setFormatter(RedactingFormatter(_FORMAT))
        root.addHandler(handler)
    root.setLevel(level.upper())
    for name in (*_NOISY, *_TELLTALE):
        quiet = level != "debug" or name in _TELLTALE
        logging.getLogger(name).setLevel(logging.WARNING if quiet else logging.NOTSET)
    logging.raiseExceptions = False  # a closed stderr is no reason to print tracebacks into it
