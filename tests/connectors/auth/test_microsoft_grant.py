"""What is kept of a sign-in at Microsoft, and what is made of files that hold something else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.auth.microsoft import Grant, GrantUnreadable, Registration, graph_scopes, missing_scopes, read_grant
from connectors.auth.microsoft.grant import slim
from connectors.auth.microsoft.renewing import renew
from connectors.auth.microsoft.transport import Transport
from connectors.errors import AuthNeeded
from tests.servers.microsoft import CLIENT_ID

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
HOST = "login.microsoftonline.com"
WHO = {"home_account_id": "uid.utid", "environment": HOST}


def token(secret: str, *, rights: str = "a b", at: int = 1) -> dict[str, Any]:
    kind = {"credential_type": "RefreshToken"}
    return kind | {"secret": secret, "client_id": CLIENT_ID, "target": rights, "last_modification_time": str(at)} | WHO


def cache(*tokens: dict[str, Any], **parts: Any) -> dict[str, Any]:
    account = {"key": WHO | {"realm": "utid", "username": "sam@example.com", "authority_type": "MSSTS"}}
    return {"RefreshToken": {f"key-{number}": one for number, one in enumerate(tokens)}, "Account": account} | parts


def document(held: Any, **values: Any) -> str:
    return json.dumps({"provider": "microsoft", "client_id": CLIENT_ID, "cache": held} | values)


def test_it_is_read_as_it_was_written() -> None:
    grant = Grant(
        json.dumps(cache(token("M.C5_x")), separators=(",", ":")),
        CLIENT_ID,
        f"https://{HOST}/common",
        ("https://graph.microsoft.com/User.Read",),
        "sam@example.com",
        NOW,
    )

    assert read_grant(f"  {grant.text()}\n") == grant
    assert grant.refresh_token == "M.C5_x"
    assert "M.C5_x" not in repr(grant)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not what"),
        ("M.C5_bare-token", "not what"),
        ("{", "not what"),
        ("[]", "something else"),
        ("[" * 50_000, "not what"),
        ('{"refresh_token": "1//x", "type": "authorized_user"}', "at Google"),
        ('{"cache": "x"}', "something else"),
        (document({}), "names no account"),
        (document({"RefreshToken": []}), "damaged"),
        (document({"RefreshToken": {"k": 5}}), "damaged"),
        (document(cache(token("x"), Account={})), "names no account"),
        (document(cache(token("x"), Account={"k": {"home_account_id": "x"}})), "damaged"),
        (document(cache(token("x"), Account={"k": dict(WHO)})), "names no account"),
        (document(cache({"secret": "x"})), "damaged"),
        (document(cache(token("x") | {"credential_type": "AccessToken"})), "damaged"),
        (document(cache()), "no refresh token"),
        (document(cache(token("with blanks"))), "no refresh token"),
        (document(cache(token(""))), "no refresh token"),
        (document(cache(token("x" * 20_000))), "no refresh token"),
        (document(cache(token("x" * 70_000))), "too long"),
    ],
)
def test_what_is_no_sign_in_is_told_without_showing_it(text: str, words: str) -> None:
    with pytest.raises(GrantUnreadable, match=words) as caught:
        read_grant(text)
    assert "bare-token" not in str(caught.value)
    assert "1//x" not in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {"granted": "yesterday", "scopes": "one", "address": 5, "authority": None, "client_id": ["x"]},
        {"granted": "2026-03-02T08:30:00", "scopes": [1, None], "address": "a\nb"},
        {"granted": 9**99, "scopes": {}, "more": "things"},
    ],
)
def test_what_is_damaged_beside_the_token_is_not_known(values: dict[str, Any]) -> None:
    grant = read_grant(document(cache(token("x")), **values))

    assert (grant.granted, grant.scopes, grant.address, grant.authority) == (None, (), "", "")


def test_a_cache_of_another_place_or_application_asks_for_a_new_sign_in_and_not_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def answer(self: Transport, url: str, **_: object) -> Any:  # noqa: ARG001 - the method's own form
        asked.append(url)
        base = f"https://{HOST}/common/oauth2/v2.0"
        told = {"authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token"}
        return type("Told", (), {"status_code": 200, "text": json.dumps(told), "headers": {}})()

    monkeypatch.setattr(Transport, "get", answer)
    other = token("x") | {"client_id": "99999999-bbbb-3333-cccc-4444dddd5555"}
    elsewhere = {"key": WHO | {"environment": "login.microsoftonline.us", "authority_type": "MSSTS"}}

    for held in (cache(other), cache(token("x"), Account=elsewhere), cache(token("x") | {"home_account_id": "another"})):
        with pytest.raises(AuthNeeded, match="damaged or of somewhere else"):
            renew(Registration(CLIENT_ID), read_grant(document(held)), (), Transport(lambda: NOW), "sign in again", lambda: NOW)
    assert all(url.endswith("openid-configuration") for url in asked)


def test_only_the_newest_refresh_token_is_kept_and_nothing_that_can_be_had_anew() -> None:
    held = cache(
        token("old", rights="a b", at=7),
        token("new", rights="b a", at=7),
        token("older", rights="b", at=3),
        AccessToken={"k": {}},
    )

    def left(before: str) -> tuple[str, set[str]]:
        kept = json.loads(slim(json.dumps(held | {"IdToken": {"k": {}}}), before))
        return next(iter(kept["RefreshToken"].values()))["secret"], set(kept)

    assert left("old") == ("new", {"RefreshToken", "Account"})
    assert left("new") == ("old", {"RefreshToken", "Account"})
    held["RefreshToken"] = {"k": token("only", at=1)}
    assert left("only")[0] == "only"


@pytest.mark.parametrize(
    ("endpoint", "prefix"),
    [
        ("https://graph.microsoft.com", "https://graph.microsoft.com/"),
        ("https://dod-graph.microsoft.us", "https://dod-graph.microsoft.us/"),
        ("https://graph.example.test", ""),
        ("http://127.0.0.1:8080", ""),
    ],
)
def test_a_right_is_named_after_a_cloud_of_microsofts_and_else_alone(endpoint: str, prefix: str) -> None:
    """An address of some machine is no name of a service that anybody's sign-in knows."""
    assert graph_scopes(endpoint, shared=False, colors=False) == (f"{prefix}User.Read", f"{prefix}Mail.ReadWrite")


@pytest.mark.parametrize(
    ("granted", "lacking"),
    [
        ("Mail.ReadWrite User.Read openid profile", ()),
        ("https://graph.microsoft.com/mail.readwrite https://graph.microsoft.com/User.Read", ()),
        ("Mail.ReadWrite.Shared User.Read", ()),
        ("Mail.Read User.Read", ("Mail.ReadWrite",)),
        ("", ("User.Read", "Mail.ReadWrite")),
    ],
)
def test_rights_are_compared_whether_their_service_is_named_or_not(granted: str, lacking: tuple[str, ...]) -> None:
    wanted = ("https://graph.microsoft.com/User.Read", "https://graph.microsoft.com/Mail.ReadWrite")

    assert missing_scopes(granted.split(), wanted) == lacking
