"""The file that Google's console gives for a client: who we are to Google when the user signs in.

Its form: https://developers.google.com/api-client-library/dotnet/guide/aaa_client_secrets. Only the kind for programs on the
user's machine will do (`installed`): it may redirect to any port of the loopback interface (RFC 8252 section 7.3).
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit, urlunsplit

from connectors.errors import Misconfigured

__all__ = ["AUTH_URL", "TOKEN_URL", "GoogleClient", "check_url", "read_client"]

AUTH_URL: Final = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URL: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_LARGEST = 100_000
_HOW = (
    "In Google's console, open Google Auth Platform > Clients, create a client of the type 'Desktop app', and download its JSON "
    'file when it is offered: the secret is shown only then. README, "Gmail", goes through it step by step'
)


@dataclass(frozen=True, slots=True)
class GoogleClient:
    """A client of the type `installed`."""

    client_id: str
    client_secret: str = field(repr=False)
    path: Path = field(compare=False)
    """The file it was read from; for messages."""
    auth_url: str = AUTH_URL
    token_url: str = TOKEN_URL
    project: str = ""
    """The console's name of the project; for messages."""

    @property
    def revoke_url(self) -> str:
        """Return where a grant is taken back (RFC 7009); Google has it beside the token endpoint."""
        parts = urlsplit(self.token_url)
        return urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/revoke"))


def read_client(path: Path, *, auth_url: str = "", token_url: str = "") -> GoogleClient:
    """Read the client file; the addresses, where given, go before those in it. Raises Misconfigured, with what to do."""
    section = _installed(path, _document(path))
    client_id, client_secret = section.get("client_id"), section.get("client_secret")
    if not _is_word(client_id) or not _is_word(client_secret):
        lacking = " and ".join(
            name for name, value in (("client_id", client_id), ("client_secret", client_secret)) if not _is_word(value)
        )
        raise Misconfigured(f"The client file {path} has no {lacking}. Download it anew. {_HOW}.")
    return GoogleClient(
        client_id,
        client_secret,
        path,
        auth_url=_address(path, "auth_uri", auth_url or section.get("auth_uri") or AUTH_URL),
        token_url=_address(path, "token_uri", token_url or section.get("token_uri") or TOKEN_URL),
        project=project if isinstance(project := section.get("project_id"), str) else "",
    )


def check_url(value: str) -> str:
    """Return an address of https, or of http on this machine itself. Raises ValueError, saying what is wrong."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not an address. Write it such as https://gmail.googleapis.com") from None
    if parts.scheme not in {"https", "http"} or not host or parts.username or parts.query or parts.fragment:
        raise ValueError("is not an address. Write it such as https://gmail.googleapis.com")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError("would send secrets readable over the network. Write https; http is for a server on this machine")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(path: Path, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise Misconfigured(f"{key} in the client file {path} is no address. Download the file anew. {_HOW}.")
    try:
        return check_url(value)
    except ValueError as error:
        raise Misconfigured(f"{key} in the client file {path} {error}.") from None


def _is_word(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value) and " " not in value


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise Misconfigured(f"There is no client file {path}. {_HOW}.") from None
    except IsADirectoryError:
        raise Misconfigured(f"The client file {path} is a folder: name the JSON file in it.") from None
    except OSError as error:
        raise Misconfigured(
            f"The client file {path} cannot be read ({error.strerror}). See to the rights of the file and its folder."
        ) from None
    if not data.strip():
        raise Misconfigured(f"The client file {path} is empty. Download it anew. {_HOW}.")
    try:
        document = json.loads(data) if len(data) <= _LARGEST else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Misconfigured(f"The client file {path} is not what Google's console gives: it is no JSON object. {_HOW}.")
    return document


def _installed(path: Path, document: dict[str, Any]) -> dict[str, Any]:
    """Return the part that counts; say of another kind of file what it is."""
    if isinstance(section := document.get("installed"), dict):
        return section
    if "web" in document:
        raise Misconfigured(
            f"The client in {path} is one for web servers: Google would not let it answer to this machine. {_HOW}."
        )
    if document.get("type") == "service_account":
        raise Misconfigured(f"{path} is the key of a service account, which has no mailbox that is yours. {_HOW}.")
    if document.get("type") == "authorized_user" or "refresh_token" in document:
        raise Misconfigured(
            f"{path} holds a sign-in, not a client: name it with token.file, and the client's file with client_file. {_HOW}."
        )
    raise Misconfigured(f'The client file {path} is not what Google\'s console gives: it has no part "installed". {_HOW}.')
