"""What a person does with the pages of the sign-in: open them, over TLS, and go where they send the browser."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from tests.servers.consent import Forms

__all__ = ["choose_user", "open_page"]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def open_page(link: str | Request, trusted: Path) -> str:
    """Open a page; return the address that the browser is sent to, without going there, or else what the page says."""
    try:
        with _opener(trusted).open(link, timeout=10) as answer:
            page: str = answer.read().decode()
            return page
    except HTTPError as answer:
        with answer:
            return answer.headers["Location"]


def choose_user(link: str, trusted: Path, address: str) -> str:
    """Open the emulator's page, press the button of a user, and return the address that it sends the browser to."""
    page = Forms()
    page.feed(open_page(link, trusted))
    action, fields = next((action, fields) for action, fields in page.forms if fields.get("email") == address)
    return open_page(Request(urljoin(link, action), data=urlencode(fields).encode()), trusted)


def _opener(trusted: Path) -> OpenerDirector:
    return build_opener(_Stay, HTTPSHandler(context=ssl.create_default_context(cafile=str(trusted))))
