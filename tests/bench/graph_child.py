"""The passes of one account at Outlook, in a process of their own; see `online_child`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from connectors.outlook import OutlookConnector, OutlookSettings, transport
from tests.bench.online_child import Record, asked_of, run

_ASK = transport.ask


def recording(record: Record | None) -> None:
    """Let `transport.ask` tell what it is given."""

    def ask(http: httpx.Client, method: str, url: str, headers: Mapping[str, str], body: bytes | None, **kwargs: Any) -> Any:
        if record is not None:
            record(method, url, {**http.headers, **headers}, body)
        return _ASK(http, method, url, headers, body, **kwargs)

    transport.ask = _ASK if record is None else ask


def main() -> None:
    """Sign in at the fake."""
    asked = asked_of()
    address, url, token = asked.fake["address"], asked.fake["url"], asked.fake["token"]
    run(asked, OutlookConnector(OutlookSettings(address=address, token=lambda _force: token, endpoint=url)), recording)


if __name__ == "__main__":
    main()
