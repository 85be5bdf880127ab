"""The sign-in at the emulator, driven as a browser would: the page that asks, the button that allows, the code, the tokens."""

from __future__ import annotations

import hashlib
import html
import json
import re
import secrets
from collections.abc import Collection
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.servers.gmail.back import Back
from tests.servers.gmail.mime import base64url
from tests.servers.gmail.oauth import CLIENT_ID, CLIENT_SECRET

__all__ = ["allowed", "granted"]

_REDIRECT: Final = "http://127.0.0.1:1/"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


def allowed(back: Back, target: str, address: str) -> str:
    """Open the page at `target` and let the user of that address allow what it asks for; return where the browser goes then."""
    page = back.plain("GET", target, {}).body.decode()
    fields = next(
        form
        for one in page.split("<form")[1:]
        if (form := {html.unescape(name): html.unescape(value) for name, value in _HIDDEN.findall(one)}).get("email") == address
    )
    answer = back.plain("POST", "/o/oauth2/v2/auth/callback", _FORM, urlencode(fields).encode())
    return answer.headers["Location"]


def granted(back: Back, address: str, scopes: Collection[str]) -> str:
    """Return a refresh token for those scopes, by the code flow with PKCE (RFC 7636)."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64url(hashlib.sha256(verifier.encode()).digest()).rstrip("=")
    question = {
        "client_id": CLIENT_ID,
        "redirect_uri": _REDIRECT,
        "response_type": "code",
        "scope": " ".join(scopes),
        "state": secrets.token_urlsafe(8),
        "access_type": "offline",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    place = allowed(back, f"/o/oauth2/v2/auth?{urlencode(question)}", address)
    told = parse_qs(urlsplit(place).query)
    assert told["state"] == [question["state"]]
    form = {
        "grant_type": "authorization_code",
        "code": told["code"][0],
        "redirect_uri": _REDIRECT,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code_verifier": verifier,
    }
    answer = back.plain("POST", "/oauth2/token", _FORM, urlencode(form).encode())
    return str(json.loads(answer.body)["refresh_token"])
