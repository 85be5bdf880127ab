"""The passes of one account at Gmail, in a process of their own; see `online_child`."""

from __future__ import annotations

from typing import Any

from google.oauth2.credentials import Credentials

from connectors.gmail import GmailConnector, GmailSettings
from connectors.gmail.transport import Transport
from tests.bench.online_child import Record, asked_of, run
from tests.servers.gmail.renewing import renewing

_SEND = Transport.request


def recording(record: Record | None) -> None:
    """Let `Transport.request` tell what it is given; the client library is not told of it."""

    def request(self: Transport, uri: str, method: str = "GET", *args: Any, **kwargs: Any) -> Any:
        if record is not None and "/gmail/v1" in uri:
            record(method, uri, kwargs.get("headers"), kwargs.get("body"))
        return _SEND(self, uri, method, *args, **kwargs)

    Transport.request = _SEND if record is None else request  # type: ignore[method-assign]


def main() -> None:
    """Sign in at the fake."""
    asked = asked_of()
    address, url, given = asked.fake["address"], asked.fake["url"], asked.fake["credentials"]
    granted = Credentials(token=None, **given)  # type: ignore[no-untyped-call]  # the library has no types here
    connector = GmailConnector(GmailSettings(address=address, credentials=renewing(granted), endpoint=url))
    run(asked, connector, recording)


if __name__ == "__main__":
    main()
