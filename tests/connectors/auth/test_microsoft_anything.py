"""Whatever a server says, and whatever is kept, in place of what Microsoft would: an error of ours, and no other."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.auth.answer import NotTheAnswer
from connectors.auth.asking import parse_object
from connectors.auth.microsoft import Grant, GrantUnreadable, Registration, graph_scopes, read_grant
from connectors.auth.microsoft.account import owner_of
from connectors.auth.microsoft.flow import DeviceSignIn, SignIn
from connectors.auth.microsoft.renewing import renew
from connectors.auth.microsoft.transport import Answer, Transport
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured
from tests.connectors.auth.test_microsoft_grant import HOST, WHO, cache, document, token
from tests.servers.microsoft import CLIENT_ID

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
BASE = f"https://{HOST}/common/oauth2/v2.0"
ENDPOINTS = {
    "authorization_endpoint": f"{BASE}/authorize",
    "token_endpoint": f"{BASE}/token",
    "device_authorization_endpoint": f"{BASE}/devicecode",
}
SCOPES = graph_scopes("https://graph.microsoft.com", shared=False, colors=False)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["x", "a.b.c", "eyJ9", "5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
told = st.dictionaries(
    st.sampled_from(
        [
            *(
                "access_token",
                "refresh_token",
                "id_token",
                "client_info",
                "scope",
                "expires_in",
                "refresh_in",
                "foci",
                "token_type",
            ),
            *("error", "error_description", "error_codes", "suberror", "ext_expires_in", "expires_on"),
            *("device_code", "user_code", "verification_uri", "interval", "mail", "userPrincipalName", "proxyAddresses"),
        ]
    ),
    values,
    max_size=8,
)


class Line(Transport):
    """Answers with what a test has, instead of asking."""

    def __init__(self, document: Any, endpoints: Any = None, status: int = 200) -> None:
        """Take the answer to all but the question for endpoints."""
        super().__init__(lambda: NOW)
        self._document, self._endpoints, self._status = document, endpoints or ENDPOINTS, status

    def get(self, url: str, **_: Any) -> Answer:
        found = self._endpoints if url.endswith("openid-configuration") else self._document
        return Answer(200 if found is self._endpoints else self._status, json.dumps(found), {})

    def post(self, *_: Any, **__: Any) -> Answer:
        return Answer(self._status, json.dumps(self._document), {})


def kept() -> Grant:
    return read_grant(document(cache(token("M.C5_kept"))))


@settings(max_examples=50, deadline=None)
@given(told, st.sampled_from([200, 400, 401, 403]))
def test_any_answer_to_a_renewal(answer: dict[str, Any], status: int) -> None:
    with suppress(ConnectorError):
        renewed = renew(Registration(CLIENT_ID), kept(), SCOPES, Line(answer, status=status), "sign in again", lambda: NOW)
        assert read_grant(renewed.grant.text()) == renewed.grant
        assert renewed.ends > NOW


@settings(max_examples=30, deadline=None)
@given(told)
def test_any_answer_to_a_code(answer: dict[str, Any]) -> None:
    line = Line(answer)
    attempt = SignIn(Registration(CLIENT_ID), SCOPES, "http://localhost:1", line, "hearback login outlook")
    state = attempt._flow["state"]
    with suppress(ConnectorError):
        grant, _ = attempt.redeem(attempt.answer_in(f"?code=x&state={state}"), NOW)
        assert read_grant(grant.text()) == grant


@settings(max_examples=30, deadline=None)
@given(told)
def test_any_answer_to_the_question_for_a_device_code(answer: dict[str, Any]) -> None:
    with suppress(ConnectorError):
        attempt = DeviceSignIn(Registration(CLIENT_ID), SCOPES, Line(answer), "hearback login outlook")
        assert attempt.link.startswith("https:")
        assert 1 <= attempt.interval <= 60
        assert attempt.seconds <= 3600
        attempt.ask(NOW)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from([*ENDPOINTS, "issuer", "error", "error_description"]), values, min_size=1, max_size=4))
def test_any_document_of_endpoints(endpoints: dict[str, Any]) -> None:
    with suppress(ConnectorError):
        renew(Registration(CLIENT_ID), kept(), SCOPES, Line({}, endpoints), "sign in again", lambda: NOW)


@settings(max_examples=30, deadline=None)
@given(told, st.sampled_from([200, 400, 401, 403, 404]))
def test_any_answer_about_who_signed_in(answer: dict[str, Any], status: int) -> None:
    with suppress(ConnectorError):
        assert owner_of("x", Line(answer, status=status), "https://graph.microsoft.com", "sam@example.com").address


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["RefreshToken", "Account", "AppMetadata", "AccessToken", "x"]), values, max_size=4))
def test_anything_that_is_kept(held: dict[str, Any]) -> None:
    with suppress(GrantUnreadable, ConnectorError):
        grant = read_grant(document(held))
        renew(Registration(CLIENT_ID), grant, SCOPES, Line({"error": "invalid_grant"}), "sign in again", lambda: NOW)


entries = st.dictionaries(
    st.sampled_from(["secret", "client_id", "target", "last_modification_time", "username", "authority_type", "realm", *WHO]),
    values | st.sampled_from([CLIENT_ID, HOST, "uid.utid", "MSSTS"]),
)


@settings(max_examples=50, deadline=None)
@given(entries, entries)
def test_a_cache_whose_entries_are_damaged(one: dict[str, Any], account: dict[str, Any]) -> None:
    held = cache(token("x") | one, Account={"key": WHO | {"authority_type": "MSSTS"} | account})
    with suppress(GrantUnreadable, ConnectorError):
        renew(
            Registration(CLIENT_ID), read_grant(document(held)), SCOPES, Line({"error": "invalid_grant"}), "sign in", lambda: NOW
        )


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda data: data.decode("latin-1")))
def test_any_line_that_is_pasted_and_any_text_that_is_kept(text: str) -> None:
    attempt = SignIn(Registration(CLIENT_ID), SCOPES, "http://localhost:1", Line({}), "hearback login outlook")
    for line in (text, f"?code=x&state={text}", f"http://localhost:1/?error={text}&state={attempt._flow['state']}"):
        with suppress(NotTheAnswer, ConnectorError):
            attempt.answer_in(line)
    with suppress(GrantUnreadable):
        read_grant(text)
    assert parse_object(text) is None or isinstance(parse_object(text), dict)


@pytest.mark.parametrize(
    ("status", "document", "words"),
    [
        (403, {"error": {"code": "ErrorAccessDenied", "message": "Access is denied."}}, "ErrorAccessDenied: Access is denied."),
        (403, {"error": {"code": "X", "message": {"lang": "en", "value": "Said so."}}}, "X: Said so."),
        (403, {"odata.error": {"code": "X", "message": {"value": "Said so."}}}, "X: Said so."),
        (401, {"error": "invalid_token", "error_description": "It is worn."}, "invalid_token: It is worn."),
        (404, {"error": {"message": None, "code": 5}}, "status 404"),
        (400, {"Message": "?"}, "status 400"),
    ],
)
def test_a_refusal_to_say_who_signed_in_keeps_its_own_words(status: int, document: dict[str, Any], words: str) -> None:
    with pytest.raises((AuthNeeded, Misconfigured), match=rf"\({re.escape(words)}\)"):
        owner_of("x", Line(document, status=status), "https://graph.microsoft.com", "sam@example.com")
