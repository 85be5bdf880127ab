"""Client files, kept sign-ins and pasted addresses may hold anything: each is read, or refused in words."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.auth.google import (
    FULL_MAIL,
    GoogleClient,
    Grant,
    GrantUnreadable,
    gmail_scopes,
    missing_scopes,
    read_client,
    read_grant,
    same_mailbox,
)
from connectors.auth.google.client import check_url
from connectors.auth.google.flow import NotTheAnswer, SignIn
from connectors.auth.google.transport import Transport
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLIENT = GoogleClient("id.apps.example", "secret", Path("client.json"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["installed", "web", "type", "client_id", "client_secret", "refresh_token", "scopes", "granted", "token_uri"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@cache
def attempt() -> SignIn:
    return SignIn(CLIENT, gmail_scopes(labels=True), "http://127.0.0.1:1234/", Transport(lambda: AT), "hearback login gmail")


@given(content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_file_is_a_client_or_misconfigured(folder: Path, content: bytes) -> None:
    path = folder / "client.json"
    path.write_bytes(content)
    with contextlib.suppress(Misconfigured):
        client = read_client(path)
        assert client.client_id
        assert client.client_secret


def test_the_file_says_where_to_ask_and_the_configuration_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "client.json"
    section = {"client_id": "a", "client_secret": "b"}
    path.write_text(json.dumps({"installed": section}))
    plain = read_client(path)
    assert plain.auth_url == "https://accounts.google.com/o/oauth2/v2/auth"
    assert plain.token_url == "https://oauth2.googleapis.com/token"
    assert plain.revoke_url == "https://oauth2.googleapis.com/revoke"

    path.write_text(
        json.dumps({"installed": section | {"auth_uri": "https://a.example/x", "token_uri": "https://b.example/y/token"}})
    )
    told = read_client(path)
    assert (told.auth_url, told.token_url, told.revoke_url) == (
        "https://a.example/x",
        "https://b.example/y/token",
        "https://b.example/y/revoke",
    )
    assert read_client(path, token_url="http://127.0.0.1:8/token").token_url == "http://127.0.0.1:8/token"


@pytest.mark.parametrize("good", ["https://a.example", "http://127.0.0.1:80/x", "http://localhost/", "http://[::1]:9/token"])
def test_an_address_of_https_or_of_this_machine_is_accepted(good: str) -> None:
    assert check_url(good) == good.rstrip("/")


@pytest.mark.parametrize(
    "bad",
    [
        "http://a.example",
        "http://127.0.0.1.example/",
        "ftp://a.example",
        "a.example",
        "",
        "https://",
        "https://u:p@a.example",
        "https://a:x",
        "https://a?b",
        "http://[::1",
    ],
)
def test_another_address_is_not(bad: str) -> None:
    with pytest.raises(ValueError, match=r"is not an address|over the network"):
        check_url(bad)


@given(text=st.text(max_size=200) | JSON.map(json.dumps))
def test_any_text_is_a_sign_in_or_told_as_none_without_quoting_it(text: str) -> None:
    told = ""
    try:
        assert read_grant(text).refresh_token.isprintable()
    except GrantUnreadable as error:
        told = str(error)
    assert len(text) < 12 or text not in told


@given(
    st.builds(
        Grant,
        st.from_regex(r"1//[A-Za-z0-9_-]{10,100}", fullmatch=True),
        st.sampled_from(["", "a.apps.example"]),
        st.sampled_from([(), gmail_scopes(labels=True), gmail_scopes(labels=False)]),
        st.sampled_from(["", "sam@example.com"]),
        st.none() | st.just(AT),
        st.none() | st.just(AT),
    )
)
def test_what_is_kept_reads_back_as_it_was(grant: Grant) -> None:
    assert read_grant(grant.text()) == grant
    assert "\n" not in grant.text()
    assert grant.text().isascii()


@given(st.text(max_size=300))
def test_any_paste_is_the_answer_or_not(text: str) -> None:
    with contextlib.suppress(NotTheAnswer):
        attempt().code_in(text)


@given(
    st.dictionaries(st.sampled_from(["code", "error", "error_description", "scope", "x"]), st.text(max_size=30), max_size=5),
    st.sampled_from(["{}", "http://127.0.0.1:1234/?{}", "?{}", " {} ", "<http://127.0.0.1:1234/?{}>", "/?{}"]),
)
def test_an_answer_with_the_right_state_is_a_code_or_a_refusal(values: dict[str, str], form: str) -> None:
    one = attempt()
    state = parse_qs(urlsplit(one.url).query)["state"][0]
    pasted = form.format(urlencode({**values, "state": state}))
    try:
        code = one.code_in(pasted)
    except ConnectorError:
        assert values["error"]
    except NotTheAnswer:
        assert {values.get("code", ""), values.get("error", "")} == {""}
    else:
        assert code == values["code"]
        assert not values.get("error")


def test_a_wrong_state_is_never_the_answer_not_even_for_an_error() -> None:
    for query in ("code=4/0A&state=x", "error=access_denied&state=x", "code=4/0A", "error=access_denied", "code=4/0A&state="):
        with pytest.raises(NotTheAnswer, match="another sign-in"):
            attempt().code_in(f"http://127.0.0.1:1234/?{query}")


def test_a_denial_names_the_command_that_starts_over() -> None:
    one = attempt()
    state = parse_qs(urlsplit(one.url).query)["state"][0]
    with pytest.raises(AuthNeeded, match="hearback login gmail"):
        one.code_in(f"/?error=access_denied&state={state}")


@pytest.mark.parametrize(
    ("granted", "wanted", "lacking"),
    [
        ([FULL_MAIL], gmail_scopes(labels=True), ()),
        (gmail_scopes(labels=True), gmail_scopes(labels=False), ()),
        (gmail_scopes(labels=False), gmail_scopes(labels=True), gmail_scopes(labels=True)),
        (gmail_scopes(labels=True), [FULL_MAIL], (FULL_MAIL,)),
        ([], gmail_scopes(labels=False), gmail_scopes(labels=False)),
    ],
)
def test_wider_rights_cover_smaller_ones(granted: list[str], wanted: list[str], lacking: tuple[str, ...]) -> None:
    assert missing_scopes(granted, wanted) == lacking


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Sam.Rivera@gmail.com", "samrivera@googlemail.com", True),
        ("sam+jobs@gmail.com", "sam@gmail.com", True),
        ("sam@gmail.com", "samuel@gmail.com", False),
        ("s.am@work.example", "sam@work.example", False),
        ("SAM@Work.Example", "sam@work.example", True),
        ("sam@gmail.com.example", "sam@gmail.com", False),
        ("sam", "sam@gmail.com", False),
        ("Sam@Example.com", " sam@example.com ", True),
        ("sam+a@example.com", "sam@example.com", False),
    ],
)
def test_addresses_are_one_mailbox_where_google_says_so(one: str, other: str, same: bool) -> None:
    assert same_mailbox(one, other) is same
    assert same_mailbox(other, one) is same
