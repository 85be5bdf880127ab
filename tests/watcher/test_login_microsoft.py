"""`hearback login` at Microsoft: real requests over TLS, from the link or the code to the sign-in that is kept."""

from __future__ import annotations

import json
import logging
import signal
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.servers.microsoft import TENANT, Refusal, User
from tests.servers.microsoft.browser import open_page
from tests.servers.sign_in import Answer
from tests.watcher.microsoft_desk import SAM, MicrosoftDesk, line_of, open_desk
from watcher.cli.exits import Exit


@pytest.fixture
def outlook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftDesk]:
    """Give a desk with a browser, Microsoft's sign-in, and Graph."""
    with open_desk(tmp_path, monkeypatch) as desk:
        yield desk


def test_the_browser_leads_to_a_sign_in_that_only_the_user_can_read(outlook: MicrosoftDesk) -> None:
    said = outlook.login()

    assert f"Signed in as {SAM}" in said.stdout
    assert stat.S_IMODE(outlook.kept.stat().st_mode) == 0o600
    assert outlook.kept.read_text().count("\n") == 1
    assert outlook.refresh_token in outlook.microsoft.refresh_tokens
    assert outlook.grant["address"] == SAM
    assert outlook.grant["authority"] == f"{outlook.microsoft.url}/common"
    assert [path.name for path in outlook.woken] == ["lock"]


def test_the_page_is_asked_for_the_account_and_sends_the_browser_to_this_machine_by_name(outlook: MicrosoftDesk) -> None:
    outlook.login()
    outlook.configure("category_colors = true\n")
    outlook.login()
    outlook.configure("category_colors = true\ncategories = false\n")
    outlook.login()

    first, second, third = outlook.microsoft.asked
    assert first["login_hint"] == SAM
    assert urlsplit(first["redirect_uri"]).hostname == "localhost"
    assert urlsplit(first["redirect_uri"]).path == ""
    assert first["state"] != second["state"]
    assert "MailboxSettings.ReadWrite" not in first["scope"]
    assert "MailboxSettings.ReadWrite" in second["scope"]
    assert "MailboxSettings.ReadWrite" not in third["scope"]


def test_a_second_login_takes_the_place_of_the_first(outlook: MicrosoftDesk) -> None:
    outlook.login()
    before = outlook.refresh_token
    outlook.login()

    assert outlook.refresh_token != before
    assert sorted(path.name for path in outlook.desk.path.iterdir() if "token" in path.name) == [".token.lock", "token"]


@pytest.mark.parametrize(
    ("user", "address", "more"),
    [
        (User("sam@example.com", "Sam@Example.COM"), SAM, ""),
        (User("s.rivera@corp.example", "sam@example.com"), SAM, ""),
        (User("sam@example.com"), SAM, ""),
        (User("sam@outlook.example", "sam@outlook.example", personal=True), "sam@outlook.example", 'tenant = "consumers"\n'),
        (User("s.rivera@corp.example", "sam@corp.example"), "me@alias.example", 'username = "sam@corp.example"\n'),
        (User("s.rivera@corp.example"), "me@alias.example", f'username = "s.rivera@corp.example"\ntenant = "{TENANT}"\n'),
    ],
)
def test_an_account_is_known_by_its_address_and_by_what_one_signs_in_with(
    outlook: MicrosoftDesk, user: User, address: str, more: str
) -> None:
    outlook.microsoft.user = user
    outlook.configure(more, address=address)

    assert f"signed in as {user.mail or user.name}".lower() in outlook.login().stdout.lower()


def test_who_opens_a_shared_mailbox_signs_in_under_their_own_name(outlook: MicrosoftDesk) -> None:
    outlook.configure('mailbox = "jobs@example.com"\n')
    outlook.login()

    assert outlook.microsoft.asked[0]["login_hint"] == SAM
    assert "Mail.ReadWrite.Shared" in outlook.microsoft.asked[0]["scope"]


def test_the_wrong_account_keeps_nothing_and_names_both(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.user = User("samuel@example.com", "samuel@example.com")
    said = outlook.refused(Exit.SIGN_IN)

    assert "signed in as samuel@example.com" in said
    assert f"is for {SAM}" in said
    assert 'username = "samuel@example.com"' in said


def test_a_further_address_of_the_user_is_known_where_the_service_tells_it(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.user = User("s.rivera@corp.example", "s.rivera@corp.example")
    outlook.graph.mailbox("s.rivera@corp.example").aliases.append(SAM)

    assert "Signed in as s.rivera@corp.example" in outlook.login().stdout


def test_the_wrong_account_leaves_the_sign_in_that_was_there(outlook: MicrosoftDesk) -> None:
    outlook.login()
    before = outlook.kept.read_bytes()
    outlook.microsoft.user = User("samuel@example.com")
    outlook.login(code=Exit.SIGN_IN)

    assert outlook.kept.read_bytes() == before


# ---------------------------------------------------------------------------------------------------- on another machine


def test_the_address_at_the_end_can_be_pasted(outlook: MicrosoftDesk) -> None:
    with outlook.process("login", "outlook") as process:
        link = line_of(process, r"(https://\S+)")
        right = open_page(link, outlook.trusted)
        out, err = process.communicate(f"no idea\n{right.replace('state=', 'state=x')}\n<{right}>\n", timeout=60)

    assert process.returncode == 0, err
    assert "Signed in as" in out
    assert err.count("holds no answer of Microsoft's") == 1
    assert err.count("belongs to another sign-in") == 1


def test_a_code_does_without_any_browser_here(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.slow_downs, outlook.microsoft.pending = 1, 3
    said = outlook.login("--no-browser")

    assert "https://microsoft.com/devicelogin" in said.stdout
    assert "Code: " in said.stdout
    assert f"Signed in as {SAM}" in said.stdout
    assert outlook.opened == []
    assert outlook.rests == [5, 10, 10, 10]
    assert outlook.refresh_token in outlook.microsoft.refresh_tokens


def test_a_network_that_fails_for_a_moment_does_not_end_the_wait_for_a_code(
    outlook: MicrosoftDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlook.microsoft.faults["token"] = Answer(503, "", "text/plain", {"Retry-After": "30"})

    def rest(seconds: float) -> None:
        outlook.rests.append(seconds)
        if len(outlook.rests) == 3:
            outlook.microsoft.faults.clear()

    monkeypatch.setattr("watcher.cli.signing_in_microsoft._rest", rest)

    assert "Signed in" in outlook.login("--no-browser").stdout
    assert outlook.rests == [30, 30, 30]


def test_a_network_that_stays_away_ends_the_wait_for_a_code(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.faults["token"] = Answer(500, "")
    said = outlook.login("--no-browser", code=Exit.UNREACHABLE).stderr

    assert said.count("Still waiting.") == 1
    assert "start over with `hearback login outlook --no-browser`" in said
    assert len(outlook.rests) == 12
    assert not outlook.kept.exists()


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (Refusal("expired_token", 70019, "Verification code expired."), "run out"),
        (Refusal("authorization_declined", 70017, "The end user denied it."), "declined"),
    ],
)
def test_a_code_that_is_declined_or_runs_out_keeps_nothing(outlook: MicrosoftDesk, ends: Refusal, words: str) -> None:
    outlook.microsoft.device_ends = ends
    said = outlook.refused(Exit.SIGN_IN, "--no-browser")

    assert words in said
    assert "`hearback login outlook --no-browser`" in said


def test_a_code_that_nobody_types_in_runs_out_by_itself(outlook: MicrosoftDesk) -> None:
    flow = {"device_code": "x" * 40, "user_code": "ABC", "verification_uri": "https://microsoft.com/devicelogin", "expires_in": 0}
    outlook.microsoft.faults["devicecode"] = Answer(200, json.dumps(flow))

    assert "run out" in outlook.refused(Exit.SIGN_IN, "--no-browser")


def test_an_application_that_may_not_use_codes_says_where_to_allow_them(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.public = False
    said = outlook.refused(Exit.USAGE, "--no-browser")

    assert "7000218" in said
    assert "allow public client flows" in said


def test_ctrl_c_ends_the_wait_for_a_code_and_keeps_nothing(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.pending = 10_000
    with outlook.process("login", "outlook", "--no-browser") as process:
        assert line_of(process, r"Code: (\w+)")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)

    assert process.returncode not in {0, None}
    assert "Traceback" not in err
    assert not outlook.kept.exists()


# ---------------------------------------------------------------------------------------------------------- what goes wrong


def test_time_runs_out(outlook: MicrosoftDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.cli.browsing.SECONDS", 0.05)
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    said = outlook.refused(Exit.SIGN_IN)

    assert "`hearback login outlook`" in said
    assert "50011" in said


def test_access_that_is_denied_keeps_nothing(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.denies = Refusal("access_denied", 65004, "User declined to consent to access the app.")

    assert "not allowed on Microsoft's page" in outlook.refused(Exit.SIGN_IN)


def test_an_administrator_who_has_to_agree_is_told_of(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.denies = Refusal("consent_required", 90094, "The grant requires admin permission.")
    said = outlook.refused(Exit.SIGN_IN)

    assert "The grant requires admin permission." in said
    assert "Enterprise applications > Permissions" in said


@pytest.mark.parametrize(
    ("name", "answer", "code", "told"),
    [
        ("token", Answer(200, "<html>Welcome to our hotel</html>", "text/html"), Exit.UNREACHABLE, "sign-in page of a hotel"),
        (
            "token",
            Answer(307, "", "text/html", {"Location": "http://127.0.0.1:9/"}),
            Exit.UNREACHABLE,
            "redirected elsewhere",
        ),
        (
            "token",
            Answer(429, "{}", headers={"Retry-After": "300"}),
            Exit.UNREACHABLE,
            "outlook` in 5 min",
        ),
        ("token", Answer(400, '{"error": "\\u001b[31mred\\u0007"}'), Exit.SIGN_IN, "red"),
        ("token", Answer(200, "{}"), Exit.UNREACHABLE, "without an access token"),
        ("token", Answer(200, "[" * 100_000), Exit.UNREACHABLE, "where JSON was due"),
        (
            "token",
            Answer(200, '{"access_token": "x", "id_token": "a.b.c"}'),
            Exit.UNREACHABLE,
            "cannot be read",
        ),
        ("openid-configuration", Answer(200, "<html>", "text/html"), Exit.UNREACHABLE, "hotel"),
    ],
)
def test_an_endpoint_that_says_something_else_is_told_as_what_it_is(
    outlook: MicrosoftDesk, name: str, answer: Answer, code: Exit, told: str
) -> None:
    outlook.microsoft.faults[name] = answer
    said = outlook.refused(code)

    assert told in said
    assert "\x1b" not in said


def test_a_directory_that_there_is_none_of_opens_no_page(outlook: MicrosoftDesk) -> None:
    outlook.configure('tenant = "nowhere.example"\n')

    assert "no directory 'nowhere.example'" in outlook.refused(Exit.USAGE)
    assert outlook.opened == []


def test_a_mailbox_that_cannot_be_named_keeps_nothing(outlook: MicrosoftDesk) -> None:
    outlook.graph.fail("user.get", 403, None, code="Authorization_RequestDenied", message="Insufficient privileges.")
    said = outlook.refused(Exit.SIGN_IN)

    assert "Insufficient privileges." in said
    assert "User.Read" in said


def test_a_clock_that_is_off_is_told_and_the_sign_in_is_kept(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.skew = timedelta(minutes=-42)
    outlook.configure()
    said = outlook.login(code=Exit.USAGE).stderr

    assert "42 minutes ahead of Microsoft's" in said
    assert outlook.refresh_token in outlook.microsoft.refresh_tokens
    assert outlook.woken


def test_an_endpoint_that_never_answers_is_given_up(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.stalls.set()
    outlook.desk.config.write_text(outlook.desk.config.read_text().replace("timeout_seconds = 10", "timeout_seconds = 1"))

    assert "did not answer within 1 s" in outlook.refused(Exit.UNREACHABLE)


def test_something_else_that_stands_in_the_file_is_not_written_over(outlook: MicrosoftDesk) -> None:
    outlook.kept.write_text('{"refresh_token": "1//of-google"}')
    said = outlook.login(code=Exit.SIGN_IN).stderr

    assert "something else than a sign-in" in said
    assert outlook.kept.read_text() == '{"refresh_token": "1//of-google"}'
    assert outlook.opened == []


@pytest.mark.parametrize("keep", ['token.env = "HEARBACK_TOKEN"\n', 'token.command = ["cat", "x"]\n'])
def test_where_it_is_only_read_nothing_is_opened(outlook: MicrosoftDesk, keep: str) -> None:
    outlook.configure(keep=keep)

    assert "only read" in outlook.refused(Exit.SIGN_IN)
    assert outlook.opened == []


def test_where_there_is_no_keyring_the_place_that_login_can_write_comes_first(
    outlook: MicrosoftDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    outlook.configure(keep="")
    lines = outlook.refused(Exit.SIGN_IN).splitlines()

    assert "no keyring" in lines[0]
    assert [line.strip().partition(" =")[0] for line in lines[2:]] == ["token.file", "token.command", "token.env"]
    assert lines[2].endswith("made by: hearback login outlook")
    assert outlook.opened == []


# ------------------------------------------------------------------------------------------------------------ and otherwise


def test_no_secret_is_in_a_log_or_a_message(outlook: MicrosoftDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = outlook.login().output
    said += outlook.login("--no-browser").output
    outlook.microsoft.faults["token"] = Answer(200, "<html>", "text/html")
    said += outlook.desk.run("--debug", "login", "outlook", code=Exit.UNREACHABLE).output
    logging.getLogger(__name__).debug("what is logged is heard")
    said += outlook.desk.run("config", "show").output + caplog.text

    secret = {*outlook.microsoft.refresh_tokens, *outlook.microsoft.access_tokens}
    secret |= {form[key] for form in outlook.microsoft.forms for key in ("code", "code_verifier", "device_code") if key in form}
    assert len(secret) >= 7
    assert not [one for one in secret if one in said]
    assert "is heard" in caplog.text


def test_nothing_secret_is_asked_for_in_the_link(outlook: MicrosoftDesk) -> None:
    outlook.login()
    (asked,) = (parse_qs(urlsplit(link).query) for link in outlook.opened)

    assert {"client_secret", "code_verifier"} & asked.keys() == set()


def test_revoke_forgets_it_here_and_says_where_to_take_it_back(outlook: MicrosoftDesk) -> None:
    outlook.login()
    said = outlook.login("--revoke").stdout

    assert not outlook.kept.exists()
    assert "https://account.live.com/consent/Manage" in said
    assert "https://myapps.microsoft.com" in said
    assert outlook.login("--revoke").exit_code == 0


def test_the_configuration_is_shown_with_what_it_has(outlook: MicrosoftDesk) -> None:
    outlook.configure('mailbox = "jobs@example.com"\nschedule_send = true\n')
    shown = outlook.desk.json("config", "show")["accounts"]["outlook"]

    assert shown["token"] == {"file": str(Path(outlook.desk.path) / "token")}
    assert (shown["tenant"], shown["mailbox"], shown["schedule_send"]) == ("common", "jobs@example.com", True)
    assert outlook.desk.run("config", "check").stdout.endswith("no fault found.\n")
