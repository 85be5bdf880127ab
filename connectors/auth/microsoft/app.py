"""msal's public client, made so that it asks nobody but the authority of the configuration, and logs no secret."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msal

from connectors.auth.asking import host_of, parse_object
from connectors.auth.microsoft.refusal import at_discovery
from connectors.auth.microsoft.registration import MICROSOFT, Registration
from connectors.auth.microsoft.transport import Answer, Transport
from connectors.errors import ConnectorError, Misconfigured, Unavailable

__all__ = ["build_app"]


class _Discovering:
    """Looks at what the authority says of itself before msal does, which keeps the reason of a refusal to itself."""

    def __init__(self, registration: Registration, transport: Transport) -> None:
        """Take what `build_app` does."""
        self._registration, self._transport = registration, transport

    def get(self, url: str, **asked: Any) -> Answer:
        answer = self._transport.get(url, **asked)
        told = parse_object(answer.text) or {}
        if answer.status_code != 200:  # noqa: PLR2004 - a good answer
            raise _not_there(told, self._registration)
        self._check(told)
        return answer

    def post(self, url: str, **asked: Any) -> Answer:
        return self._transport.post(url, **asked)

    def close(self) -> None:
        self._transport.close()

    def _check(self, told: Mapping[str, Any]) -> None:
        """Send secrets nowhere but to the host that the configuration names."""
        for name in ("authorization_endpoint", "token_endpoint", "device_authorization_endpoint"):
            value = told.get(name)
            if value is None and name.startswith("device"):
                continue
            if not isinstance(value, str) or _origin(value) != _origin(self._registration.service):
                raise Misconfigured(
                    f"{host_of(self._registration.service)} names a place elsewhere to sign in at ({host_of(str(value))[:80]}): "
                    "correct authority_url, or find out what stands in between."
                )


_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Names of this machine, which a sign-in server of one's own may use for each other."""


def build_app(
    registration: Registration, transport: Transport, cache: msal.SerializableTokenCache | None = None
) -> msal.PublicClientApplication:
    """Return msal's client; the authority is asked for its endpoints.

    Raises Misconfigured where it does not know the tenant, and Unavailable as the transport does.
    """
    logging.getLogger("msal").setLevel(logging.WARNING)  # below that it logs codes, and answers whole where they are none
    try:
        return msal.PublicClientApplication(
            registration.client_id,
            authority=registration.authority,
            http_client=_Discovering(registration, transport),
            token_cache=cache,
            instance_discovery=False,  # it would ask the world-wide cloud about another one
        )
    except ConnectorError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        raise Unavailable(
            f"{host_of(registration.service)} answered in a form that cannot be read. Trying again later."
        ) from None


def _origin(address: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port of an address, the usual port where none is named; None where it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.username is not None:
        return None
    host = "localhost" if parts.hostname in _HERE else parts.hostname
    return parts.scheme, host, port or (443 if parts.scheme == "https" else None)


def _not_there(told: Mapping[str, Any], registration: Registration) -> ConnectorError:
    if "error" in told:
        return at_discovery(told, registration)
    return Misconfigured(
        f"{host_of(registration.service)} is not where one signs in at {MICROSOFT}, or knows no tenant '{registration.tenant}'. "
        "Correct authority_url or tenant in the configuration."
    )
