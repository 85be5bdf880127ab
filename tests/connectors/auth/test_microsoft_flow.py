"""Signing in at Microsoft with real msal, over TLS: the page, the code for another machine, and what is kept of it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from connectors.auth.answer import NotTheAnswer
from connectors.auth.microsoft import Grant, Registration, graph_scopes, read_grant
from connectors.auth.microsoft.flow import DeviceSignIn, SignIn
from connectors.auth.microsoft.renewing import Renewed, renew
from connectors.auth.microsoft.transport import Answer as Told
from connectors.auth.microsoft.transport import Transport
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Throttled, Unavailable
from tests.servers.consent import Forms
from tests.servers.microsoft import CLIENT_ID, TENANT, MicrosoftSignIn, Refusal, User
from tests.servers.microsoft.browser import open_page
from tests.servers.sign_in import Answer

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
BACK = "http://localhost:4711"
AGAIN = "hearback login outlook"


class Person:
    """Somebody who signs in, with the application that they have registered."""

    def __init__(self, microsoft: MicrosoftSignIn, trusted: Path) -> None:
        """Let the application be registered for all accounts."""
        self.microsoft, self.trusted = microsoft, trusted
        self.tenant, self.client = "common", CLIENT_ID
        self.shared = self.colors = False
        self.transport = Transport(lambda: NOW, 10)

    @property
    def registration(self) -> Registration:
        return Registration(self.client, self.tenant, self.microsoft.url)

    @property
    def scopes(self) -> tuple[str, ...]:
        return graph_scopes(self.microsoft.url, shared=self.shared, colors=self.colors)

    def page(self, hint: str = "") -> SignIn:
        return SignIn(self.registration, self.scopes, BACK, self.transport, AGAIN, hint)

    def device(self) -> DeviceSignIn:
        return DeviceSignIn(self.registration, self.scopes, self.transport, f"{AGAIN} --no-browser")

    def sign_in(self) -> Grant:
        attempt = self.page()
        grant, _ = attempt.redeem(attempt.answer_in(open_page(attempt.url, self.trusted)), NOW)
        return grant

    def renew(self, grant: Grant) -> Renewed:
        return renew(self.registration, grant, self.scopes, self.transport, f"sign in again with `{AGAIN}`", lambda: NOW)


@pytest.fixture
def person(microsoft: MicrosoftSignIn, localhost: Path) -> Person:
    return Person(microsoft, localhost)


def test_the_page_is_asked_with_pkce_for_reading_and_writing_mail_and_for_nothing_that_sends(person: Person) -> None:
    attempt = person.page("sam@example.com")
    open_page(attempt.url, person.trusted)

    (asked,) = person.microsoft.asked
    rights = {scope.rpartition("/")[2] for scope in asked["scope"].split()}
    assert rights == {"Mail.ReadWrite", "User.Read", "offline_access", "openid", "profile"}
    assert asked["login_hint"] == "sam@example.com"
    assert asked["redirect_uri"] == BACK
    assert asked["response_mode"] == "query"
    assert person.page().url.partition("code_challenge=")[2] != attempt.url.partition("code_challenge=")[2]


def test_a_shared_mailbox_and_colours_take_their_rights_and_no_others(person: Person) -> None:
    person.shared = person.colors = True

    names = {scope.rpartition("/")[2] for scope in person.scopes}

    assert names == {"Mail.ReadWrite.Shared", "User.Read", "MailboxSettings.ReadWrite"}


def test_what_is_kept_holds_the_refresh_token_and_no_other(person: Person) -> None:
    grant = person.sign_in()

    assert grant.refresh_token in person.microsoft.refresh_tokens
    text = grant.text()
    assert "\n" not in text
    assert text.isascii()
    assert not any(token in text for token in person.microsoft.access_tokens)
    assert set(json.loads(text)["cache"]) == {"RefreshToken", "Account", "AppMetadata"}
    assert read_grant(text) == grant
    assert (grant.client_id, grant.granted) == (CLIENT_ID, NOW)


def test_a_sign_in_renews_itself_and_each_time_there_is_another_to_keep(person: Person) -> None:
    person.microsoft.single_use = True
    kept = person.sign_in()
    tokens = []

    for _ in range(5):
        renewed = person.renew(read_grant(kept.text()))
        assert renewed.grant.refresh_token != kept.refresh_token
        assert len(json.loads(renewed.grant.cache)["RefreshToken"]) == 1
        assert renewed.ends == NOW + timedelta(seconds=3599)
        kept = renewed.grant
        tokens.append(renewed.token)

    assert len(set(tokens)) == 5
    assert kept.granted == NOW


def test_a_refresh_token_that_comes_with_other_names_of_the_rights_takes_the_place_of_the_old_one(person: Person) -> None:
    person.microsoft.single_use = True
    grant = person.sign_in()

    for granted in ("Mail.ReadWrite User.Read", "User.Read Mail.ReadWrite email", None, "mail.readwrite user.read"):
        person.microsoft.granted = granted
        grant = person.renew(grant).grant
        assert grant.refresh_token in person.microsoft.refresh_tokens
        assert len(grant.text()) < 2000


def test_where_no_new_refresh_token_comes_the_old_one_stays(person: Person) -> None:
    grant = person.sign_in()
    person.microsoft.gives_refresh_token = False

    assert person.renew(grant).grant.refresh_token == grant.refresh_token


@pytest.mark.parametrize("nonsense", [None, 5, "", "with blanks", [], "x" * 20_000])
def test_what_is_no_refresh_token_takes_no_others_place(person: Person, nonsense: object) -> None:
    grant = person.sign_in()
    told = {"access_token": "EwB.fresh", "expires_in": 3599, "token_type": "Bearer", "refresh_token": nonsense}
    person.microsoft.faults["token"] = Answer(200, json.dumps(told))

    renewed = person.renew(grant)

    assert renewed.token == "EwB.fresh"
    assert renewed.grant.refresh_token == grant.refresh_token


@pytest.mark.parametrize(
    ("tenant", "user", "works"),
    [
        ("common", User("sam@example.com"), True),
        ("common", User("sam@outlook.example", personal=True), True),
        ("organizations", User("sam@example.com"), True),
        ("organizations", User("sam@outlook.example", personal=True), False),
        ("consumers", User("sam@outlook.example", personal=True), True),
        ("consumers", User("sam@example.com"), False),
        (TENANT, User("sam@example.com"), True),
        ("example.com", User("sam@example.com"), True),
        (TENANT, User("sam@elsewhere.example", tenant="bbbb"), False),
    ],
)
def test_personal_and_work_accounts_sign_in_where_their_kind_may(person: Person, tenant: str, user: User, works: bool) -> None:
    person.tenant, person.microsoft.user = tenant, user

    if works:
        assert person.renew(person.sign_in()).token
    else:
        with pytest.raises(Misconfigured, match="does not belong to the directory"):
            person.sign_in()


def test_an_application_of_one_directory_is_told_to_name_it(person: Person) -> None:
    person.microsoft.only_directory = TENANT
    attempt = person.page()
    with pytest.raises(Misconfigured, match="for one directory only"):
        person.device()
    assert "AADSTS50194" in open_page(attempt.url, person.trusted)

    person.tenant = TENANT
    assert person.renew(person.sign_in()).token


@pytest.mark.parametrize("tenant", ["nowhere.example", "00000000-0000-0000-0000-000000000000"])
def test_a_directory_that_there_is_none_of_is_told(person: Person, tenant: str) -> None:
    person.tenant = tenant

    with pytest.raises(Misconfigured, match=f"There is no directory '{tenant}' here"):
        person.page()


def test_an_application_that_is_not_known_is_told_with_both_its_keys(person: Person) -> None:
    person.client = "99999999-bbbb-3333-cccc-4444dddd5555"

    with pytest.raises(Misconfigured, match=r"99999999.* not known in the directory 'common'"):
        person.device()


def test_an_application_with_a_secret_is_told_how_to_be_public(person: Person) -> None:
    person.microsoft.public = False

    with pytest.raises(Misconfigured, match=r"7000218.*Mobile and desktop applications"):
        person.sign_in()


# -------------------------------------------------------------------------------------------------------------- the answer


@pytest.mark.parametrize("shape", ["{}", "  {}\n", "<{}>", '"{}"'])
def test_the_address_may_come_as_people_paste_it(person: Person, shape: str) -> None:
    attempt = person.page()
    address = open_page(attempt.url, person.trusted)

    assert attempt.answer_in(shape.format(address))["code"] == parse_qs(urlsplit(address).query)["code"][0]
    assert attempt.answer_in(urlsplit(address).query)["code"]


def test_an_answer_to_another_sign_in_is_none(person: Person) -> None:
    first, second = person.page(), person.page()

    with pytest.raises(NotTheAnswer, match="another sign-in"):
        second.answer_in(open_page(first.url, person.trusted))
    for nothing in ("", "http://localhost/", "sam", "?code", "x" * 20_000):
        with pytest.raises(NotTheAnswer):
            second.answer_in(nothing)


def test_an_answer_is_redeemed_once(person: Person) -> None:
    attempt = person.page()
    answer = attempt.answer_in(open_page(attempt.url, person.trusted))
    attempt.redeem(answer, NOW)

    with pytest.raises(AuthNeeded, match="good once"):
        attempt.redeem(answer, NOW)


def test_an_answer_is_the_same_whether_it_comes_in_an_address_or_in_a_form(person: Person) -> None:
    attempt = person.page()
    page = Forms()
    page.feed(open_page(attempt.url.replace("response_mode=query", "response_mode=form_post"), person.trusted))
    ((action, fields),) = page.forms

    assert action == BACK
    assert attempt.redeem(attempt.answer_in(f"?{urlencode(fields)}"), NOW)[1] in person.microsoft.access_tokens


def test_what_a_stranger_adds_to_the_answer_goes_nowhere(person: Person) -> None:
    attempt = person.page()
    answer = attempt.answer_in(open_page(attempt.url, person.trusted))

    attempt.redeem(answer | {"client_info": "eyJ1aWQiOiJ4In0", "iss": "elsewhere"}, NOW)

    assert not any("x-anchormailbox" in headers for headers in person.microsoft.headers)


def test_who_declines_on_the_page_is_told_how_to_go_on(person: Person) -> None:
    person.microsoft.denies = Refusal("access_denied", 65004, "User declined to consent to access the app.")

    with pytest.raises(AuthNeeded, match=f"not allowed on Microsoft's page.*User declined to consent.*{AGAIN}"):
        person.sign_in()


@pytest.mark.parametrize(
    ("denies", "kind", "words"),
    [
        (
            Refusal("access_denied", 90094, "An administrator of Example has set a policy."),
            AuthNeeded,
            "administrator to agree first",
        ),
        (
            Refusal("access_denied", 53003, "Access has been blocked by Conditional Access policies."),
            AuthNeeded,
            "Conditional Access",
        ),
        (
            Refusal("invalid_client", 650053, "The application asked for a scope that does not exist."),
            Misconfigured,
            "same cloud",
        ),
        (Refusal("server_error", 0, "The server encountered an unexpected error."), Unavailable, "does not work just now"),
    ],
)
def test_a_refusal_of_the_page_keeps_its_own_words(
    person: Person, denies: Refusal, kind: type[ConnectorError], words: str
) -> None:
    person.microsoft.denies = denies

    with pytest.raises(kind, match=words) as caught:
        person.sign_in()
    assert denies.said in str(caught.value)
    assert "Trace ID" not in str(caught.value)


def test_fewer_rights_than_asked_for_are_not_kept(person: Person) -> None:
    person.microsoft.granted = f"{person.microsoft.url}/User.Read"

    with pytest.raises(AuthNeeded, match=r"\(Mail.ReadWrite is missing\)"):
        person.sign_in()


def test_a_sign_in_that_cannot_last_is_not_kept(person: Person) -> None:
    person.microsoft.gives_refresh_token = False

    with pytest.raises(AuthNeeded, match="no refresh token"):
        person.sign_in()


# --------------------------------------------------------------------------------------------------- a code for another machine


def test_a_code_is_asked_for_until_the_user_has_typed_it_in(person: Person) -> None:
    person.microsoft.slow_downs, person.microsoft.pending = 1, 2
    attempt = person.device()
    assert (attempt.link, attempt.interval, attempt.seconds) == ("https://microsoft.com/devicelogin", 5, 900)
    assert len(attempt.code) == 8

    waits = []
    while (found := attempt.ask(NOW)) is None:
        waits.append(attempt.interval)

    grant, token = found
    assert waits == [10, 10, 10]
    assert token in person.microsoft.access_tokens
    assert person.renew(grant).token


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (
            Refusal("authorization_declined", 70017, "The end user denied the authorization request."),
            "declined on Microsoft's page",
        ),
        (Refusal("expired_token", 70019, "Verification code expired."), "has run out before it was used"),
        (Refusal("bad_verification_code", 70018, "Invalid verification code."), "does not know the code any more"),
        (Refusal("invalid_grant", 50105, "The signed in user is not assigned to a role."), "assign you to it"),
        (Refusal("interaction_required", 53003, "Access has been blocked."), "--no-browser is forbidden more often"),
    ],
)
def test_a_code_that_leads_to_nothing_says_why(person: Person, ends: Refusal, words: str) -> None:
    person.microsoft.device_ends = ends
    attempt = person.device()

    with pytest.raises(AuthNeeded, match=words) as caught:
        attempt.ask(NOW)
    assert ends.said.rstrip(".") in str(caught.value)


@pytest.mark.parametrize(
    "flow",
    [
        {},
        {"device_code": "x", "user_code": "Y", "verification_uri": "javascript:alert(1)"},
        {"device_code": "x", "user_code": "Y", "verification_uri": "https://login.example", "interval": "soon"},
        {"device_code": "x", "user_code": "Y", "verification_uri": "https://login.example", "expires_in": None},
        {"user_code": "Y", "verification_uri": "https://login.example"},
        {"device_code": "x", "user_code": "Y", "verification_uri": 5},
    ],
)
def test_what_is_no_code_is_not_shown(person: Person, flow: dict[str, object]) -> None:
    person.microsoft.faults["devicecode"] = Answer(200, json.dumps(flow))

    with pytest.raises(Unavailable, match="cannot be read"):
        person.device()


# ----------------------------------------------------------------------------------------------------------- renewing, and not


@pytest.mark.parametrize(
    ("refusal", "kind", "words"),
    [
        (
            Refusal("invalid_grant", 65001, "The user or administrator has not consented.", "consent_required"),
            AuthNeeded,
            "rights have",
        ),
        (
            Refusal("interaction_required", 50076, "You must use multi-factor authentication.", "basic_action"),
            AuthNeeded,
            "further proof",
        ),
        (Refusal("interaction_required", 50079, "You must enroll.", "basic_action"), AuthNeeded, "further proof"),
        (Refusal("interaction_required", 53003, "Access has been blocked."), AuthNeeded, "Conditional Access"),
        (Refusal("interaction_required", 50158, "External security challenge not satisfied."), AuthNeeded, "Conditional Access"),
        (Refusal("invalid_grant", 70008, "The refresh token has expired.", "token_expired"), AuthNeeded, "run out"),
        (Refusal("invalid_grant", 700082, "The refresh token has expired due to inactivity."), AuthNeeded, "not used for long"),
        (Refusal("invalid_grant", 50173, "The provided grant has expired due to it being revoked."), AuthNeeded, "was revoked"),
        (Refusal("invalid_grant", 50132, "The session is not valid due to a password change."), AuthNeeded, "password"),
        (Refusal("invalid_grant", 99999, "Something of its own.", "user_password_expired"), AuthNeeded, "password"),
        (Refusal("invalid_grant", 99999, "Something of its own."), AuthNeeded, "sign in again with"),
        (Refusal("unauthorized_client", 700016, "Application was not found."), Misconfigured, "'Application"),
        (
            Refusal("invalid_client", 7000218, "The request body must contain a secret.", status=401),
            Misconfigured,
            "Mobile and desktop",
        ),
        (
            Refusal("invalid_request", 9002327, "Tokens issued for the 'Single-Page Application' may only be redeemed there."),
            Misconfigured,
            "Single-page",
        ),
        (Refusal("unauthorized_client", 7000112, "The application is disabled."), Misconfigured, "switched off"),
        (Refusal("invalid_request", 99999, "Something else."), Misconfigured, "Compare client_id"),
        (Refusal("temporarily_unavailable", 90006, "The service is temporarily unavailable."), Unavailable, "just now"),
        (Refusal("invalid_grant", 90033, "A transient error has occurred."), Unavailable, "just now"),
    ],
)
def test_what_a_renewal_is_refused_for_is_told_with_what_to_do(
    person: Person, refusal: Refusal, kind: type[ConnectorError], words: str
) -> None:
    grant = person.sign_in()
    person.microsoft.refuses = refusal

    with pytest.raises(kind, match=words) as caught:
        person.renew(grant)
    with pytest.raises(kind) as again:
        person.renew(grant)

    if kind is not Unavailable:
        assert refusal.said in str(caught.value)
    assert str(caught.value) == str(again.value)
    assert not any(token in str(caught.value) for token in person.microsoft.refresh_tokens)


@pytest.mark.parametrize("codes", [["70008"], [70008], [True, None, "AADSTS70008", 9**9, "70008"]])
def test_the_number_of_a_refusal_may_come_as_text_and_without_any_words(person: Person, codes: list[object]) -> None:
    grant = person.sign_in()
    person.microsoft.faults["token"] = Answer(400, json.dumps({"error": "invalid_grant", "error_codes": codes}))

    with pytest.raises(AuthNeeded, match="has run out, or was not used for long"):
        person.renew(grant)


def test_a_sign_in_of_another_application_or_place_is_not_tried(person: Person) -> None:
    grant = person.sign_in()
    count = len(person.microsoft.paths)

    person.client = "99999999-bbbb-3333-cccc-4444dddd5555"
    with pytest.raises(AuthNeeded, match="made with another application"):
        person.renew(grant)
    person.client, person.shared = CLIENT_ID, True
    with pytest.raises(AuthNeeded, match=r"does not cover what is needed \(Mail.ReadWrite.Shared\)"):
        person.renew(grant)
    with pytest.raises(AuthNeeded, match=r"was made at localhost:\d+, not at login.microsoftonline.us"):
        renew(
            Registration(CLIENT_ID, "common", "https://login.microsoftonline.us"), grant, (), person.transport, "x", lambda: NOW
        )
    assert len(person.microsoft.paths) == count


@pytest.mark.parametrize(
    ("name", "fault", "kind", "words"),
    [
        ("token", Answer(500, "oops", "text/plain"), Unavailable, "does not work just now"),
        ("token", Answer(503, "", "text/plain", {"Retry-After": "120"}), Throttled, "503"),
        ("token", Answer(429, '{"error": "too_many"}', headers={"Retry-After": "9"}), Throttled, "patience"),
        ("token", Answer(200, "<html>Welcome to the hotel</html>", "text/html"), Unavailable, "hotel"),
        ("token", Answer(302, "", "text/html", {"Location": "http://portal.example/"}), Unavailable, "redirected elsewhere"),
        ("token", Answer(200, "", "application/json"), Unavailable, "nothing at all"),
        ("token", Answer(200, "{}"), Unavailable, "without an access token"),
        ("token", Answer(200, '{"access_token": 5, "id_token": "x"}'), Unavailable, "cannot be read"),
        ("token", Answer(200, '{"access_token": "a b"}'), Unavailable, "without an access token"),
        ("token", Answer(200, '{"access_token": "x", "expires_in": "soon"}'), Unavailable, "cannot be read"),
        ("token", Answer(200, "x" * 1_100_000), Unavailable, "length"),
        ("openid-configuration", Answer(200, "{}"), Misconfigured, "names a place elsewhere"),
        ("openid-configuration", Answer(200, '{"token_endpoint": ["x"]}'), Misconfigured, "names a place elsewhere"),
        ("openid-configuration", Answer(404, "<html>No</html>", "text/html"), Unavailable, "something else|text/html"),
        ("openid-configuration", Answer(404, "{}"), Misconfigured, "not where one signs in"),
        ("openid-configuration", Answer(502, ""), Unavailable, "502"),
    ],
)
def test_no_answer_of_microsofts_is_no_reason_to_sign_in_again(
    person: Person, name: str, fault: Answer, kind: type[ConnectorError], words: str
) -> None:
    grant = person.sign_in()
    person.microsoft.faults[name] = fault

    with pytest.raises(kind, match=words):
        person.renew(grant)


def test_secrets_go_nowhere_but_to_the_authority_of_the_configuration(person: Person) -> None:
    person.microsoft.elsewhere = "https://login.evil.example"

    with pytest.raises(Misconfigured, match=r"login\.evil\.example"):
        person.page()


@pytest.mark.parametrize(
    ("service", "told", "same"),
    [
        ("https://login.example.com", "https://login.example.com:443", True),
        ("https://login.example.com:443", "https://LOGIN.example.com", True),
        ("https://login.example.com", "https://login.example.com:8443", False),
        ("https://login.example.com", "http://login.example.com", False),
        ("https://login.example.com", "https://sam@login.example.com", False),
        ("https://login.example.com", "https://login.example.com:port", False),
        ("https://login.example.com", "https://[", False),
    ],
)
def test_the_usual_port_may_be_named_or_not(monkeypatch: pytest.MonkeyPatch, service: str, told: str, same: bool) -> None:
    base = f"{told}/common/oauth2/v2.0"
    document = json.dumps({"authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token"})
    monkeypatch.setattr(Transport, "get", lambda *_, **__: Told(200, document, {}))

    def ask() -> SignIn:
        return SignIn(Registration(CLIENT_ID, "common", service), (), BACK, Transport(lambda: NOW), AGAIN)

    if same:
        assert ask().url.startswith(base)
    else:
        with pytest.raises(Misconfigured, match="names a place elsewhere"):
            ask()


def test_nobody_else_is_asked_and_nothing_is_told_of_this_machine(person: Person) -> None:
    person.renew(person.sign_in())

    assert {path.rpartition("/")[2] for path in person.microsoft.paths} == {"openid-configuration", "authorize", "token"}
    told = {name for headers in person.microsoft.headers for name in headers}
    assert not {name for name in told if "telemetry" in name or name in {"x-client-os", "x-client-cpu"}}


@pytest.mark.parametrize("lifetime", [3599, "3599", -5, True, 10**12, None])
def test_an_access_token_is_good_for_a_time_that_can_be(person: Person, lifetime: object) -> None:
    grant = person.sign_in()
    person.microsoft.lifetime = lifetime if lifetime is not None else 0

    ends = person.renew(grant).ends

    assert NOW < ends <= NOW + timedelta(days=1)


def test_neither_codes_nor_tokens_are_logged_even_with_everything_logged(
    person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("msal").setLevel(logging.DEBUG)

    grant = person.renew(person.sign_in()).grant
    device = person.device()
    device.ask(NOW)

    secret = {grant.refresh_token, device.device_code, *person.microsoft.access_tokens, *person.microsoft.refresh_tokens}
    secret |= {form[key] for form in person.microsoft.forms for key in ("code", "code_verifier") if key in form}
    assert len(secret) > 6
    assert not any(one in caplog.text for one in secret)


def test_a_clock_that_is_off_shows_in_the_answers(person: Person) -> None:
    transport = person.transport
    person.microsoft.skew = timedelta(hours=1)

    transport.get(f"{person.microsoft.url}/common/v2.0/.well-known/openid-configuration")

    assert transport.skew < timedelta(days=-1)  # NOW is long ago
