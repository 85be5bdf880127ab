"""What a person does with the pages of the sign-in: open them, over TLS, and go where they send the browser."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, build_opener

__all__ = ["open_page"]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def open_page(link: str, trusted: Path) -> str:
    """Open a page; return the address that the browser is sent to, without going there, or else what the page says."""
    context = ssl.create_default_context(cafile=str(trusted))
    try:
        with build_opener(_Stay, HTTPSHandler(context=context)).open(link, timeout=10) as answer:
            page: str = answer.read().decode()
            return page
    except HTTPError as answer:
        with answer:
            return answer.headers["Location"]
