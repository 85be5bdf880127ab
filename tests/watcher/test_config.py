"""Reading the configuration: what it gives, and how its faults are told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rules.profile import Profile
from watcher.accounts import pace_of
from watcher.config import ConfigError, ImapAccount, MaildirAccount, load_config
from watcher.config.load import parse_config
from watcher.pacing import Pace
from watcher.secrets import CommandSecret, FileSecret, KeyringSecret, VariableSecret

USER = '[user]\nname = "Sam Rivera"\nemail = "Sam@Example.com"\ntimezone = "Europe/Berlin"\n'
IMAP = '[accounts.work]\nkind = "imap"\nhost = "imap.example.com"\n'
AT = Path("/home/sam/.config/hearback/config.toml")


def faults(text: str) -> dict[str, tuple[int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, AT)
    return {problem.key: (problem.line, problem.reason, problem.remedy) for problem in caught.value.problems}


def imap(lines: str) -> ImapAccount:
    account = parse_config(USER + IMAP + lines, AT).accounts[0]
    assert isinstance(account, ImapAccount)
    return account


def test_a_short_configuration_is_filled_with_defaults() -> None:
    config = parse_config(USER + IMAP + '[accounts.home]\nkind = "maildir"\npath = "~/Maildir"\n', AT)

    work, home = config.accounts
    assert isinstance(work, ImapAccount)
    assert isinstance(home, MaildirAccount)
    assert (work.name, work.port, work.security, work.address, work.username) == (
        "work",
        993,
        "tls",
        "sam@example.com",
        "sam@example.com",
    )
    assert home.path == Path.home() / "Maildir"
    assert config.user.country == "DE"
    assert config.state_dir.is_absolute()
    assert config.enabled == config.accounts


def test_relative_paths_start_at_the_folder_of_the_file() -> None:
    config = parse_config(USER + IMAP + 'ca_file = "own.pem"\n[daemon]\nstate_dir = "../state"\n', AT)

    assert config.state_dir == AT.parent / "../state"
    account = config.accounts[0]
    assert isinstance(account, ImapAccount)
    assert account.ca_file == AT.parent / "own.pem"


def test_the_port_follows_the_security_unless_it_is_given() -> None:
    assert imap('security = "starttls"\n').port == 143
    assert imap('security = "starttls"\nport = 1143\n').port == 1143
    assert imap('security = "starttls"\nport = 993\n').port == 993


def test_the_profile_knows_every_address_of_the_user() -> None:
    text = (
        USER
        + 'phone = "+49 30 1234"\naddresses = ["SAM@old.example"]\nstrengths = ["Python", {what = "SQL", proof = "ten years"}]\n'
        + IMAP
        + 'address = "sam@work.example"\nusername = "login@work.example"\n'
    )

    assert parse_config(text, AT).profile("work") == Profile(
        name="Sam Rivera",
        email="sam@work.example",
        phone="+49 30 1234",
        addresses=frozenset({"sam@example.com", "sam@old.example", "sam@work.example", "login@work.example"}),
        zone="Europe/Berlin",
        country="DE",
        strengths=("Python", "SQL"),
        proofs=("", "ten years"),
    )


def test_the_secret_comes_from_the_source_that_is_named() -> None:
    assert imap("").secret == KeyringSecret("work", "hearback", "sam@example.com")
    assert imap('password.keyring = "other"\n').secret == KeyringSecret("work", "other", "sam@example.com")
    assert imap('password.command = ["pass", "show", "x"]\n').secret == CommandSecret("work", ("pass", "show", "x"))
    assert imap('password.env = "MAIL"\n').secret == VariableSecret("work", "MAIL")
    assert imap('password.file = "mail.secret"\n').secret == FileSecret("work", AT.parent / "mail.secret")


def test_all_faults_are_told_at_once_each_with_its_line() -> None:
    text = """\
[user]
name = 3
emial = "sam@example.com"
timezone = "Europe/Berln"
country = "UK"

[accounts.work]
kind = "imap"
hosst = "imap.example.com"
port = "993"
folders.draft = "x"
lookback_days = 0
idle = "yes"

[accounts.other]
kind = "pop3"

[daemon]
log_level = "loud"
host = "x"

[deamon]
x = 1
"""
    told = faults(text)

    assert {key: line for key, (line, _, _) in told.items()} == {
        "user.email": 1,
        "user.name": 2,
        "user.emial": 3,
        "user.timezone": 4,
        "user.country": 5,
        "accounts.work.host": 7,
        "accounts.work.hosst": 9,
        "accounts.work.port": 10,
        "accounts.work.folders.draft": 11,
        "accounts.work.lookback_days": 12,
        "accounts.work.idle": 13,
        "accounts.other.kind": 16,
        "daemon.log_level": 19,
        "daemon.host": 20,
        "deamon": 22,
    }
    assert told["user.emial"][2] == "Did you mean email?"
    assert "Europe/Berlin" in told["user.timezone"][2]
    assert '"GB"' in told["user.country"][2]
    assert told["accounts.work.hosst"][2] == "Did you mean host?"
    assert told["accounts.work.folders.draft"][2] == "Did you mean folders.drafts?"
    assert told["daemon.host"][2] == "It belongs in [accounts.NAME]."
    assert told["deamon"][2] == "Did you mean [daemon]?"
    assert all(reason and remedy for _, reason, remedy in told.values())


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("password_command", "password.command"),
        ("passwd.command", "password"),
        ("Host", "host"),
        ("poll-seconds", "poll_seconds"),
        ("look_back_days", "lookback_days"),
        ("drafts", "folders.drafts"),
        ("ca-file", "ca_file"),
        ("user", "username"),
    ],
)
def test_a_wrong_key_names_the_nearest_known_one(key: str, near: str) -> None:
    told = faults(f"{USER}{IMAP}{key} = 1\n")

    (_, reason, remedy) = next(value for name, value in told.items() if name.startswith(f"accounts.work.{key.partition('.')[0]}"))
    assert reason == "unknown key"
    assert remedy == f"Did you mean {near}?"


def test_a_fault_inside_a_list_is_told_with_the_line_of_the_element() -> None:
    told = faults(USER + 'addresses = [\n  "sam@old.example",\n  "sam",\n  3,\n]\n' + IMAP)

    assert {key: line for key, (line, _, _) in told.items()} == {"user.addresses.1": 7, "user.addresses.2": 8}


def test_a_key_that_resembles_nothing_names_those_that_may_stand_there() -> None:
    _, _, remedy = faults(USER + "zzz = 1\n" + IMAP)["user.zzz"]

    assert remedy == "Known here: name, email, phone, addresses, timezone, country, strengths."


def test_a_password_in_the_file_is_refused_and_never_shown() -> None:
    text = USER + IMAP + 'password = "hunter2"\n'

    line, _, remedy = faults(text)["accounts.work.password"]

    assert line == 8
    assert "hearback login work" in remedy
    with pytest.raises(ConfigError) as caught:
        parse_config(text, AT)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["env", "keyring", "file", "command"])
def test_what_is_written_below_password_is_never_shown(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(f'{USER}{IMAP}password.{key} = ["hunter2\\u0000 x", 3]\n', AT)

    assert "hunter2" not in str(caught.value)


def test_a_secret_has_exactly_one_source() -> None:
    told = faults(USER + IMAP + 'password.env = "MAIL"\npassword.file = "x"\npassword.command = ["x"]\n')

    assert {key: line for key, (line, _, _) in told.items()} == {
        "accounts.work.password.file": 9,
        "accounts.work.password.command": 10,
    }


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "LOCALHOST"])
def test_plain_text_is_allowed_to_the_same_machine(host: str) -> None:
    text = USER + f'[accounts.work]\nkind = "imap"\nhost = "{host}"\nsecurity = "plain"\n'

    account = parse_config(text, AT).accounts[0]

    assert isinstance(account, ImapAccount)
    assert account.security == "plain"


@pytest.mark.parametrize("host", ["imap.example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1"])
def test_plain_text_over_a_network_wants_a_key_of_its_own(host: str) -> None:
    text = USER + f'[accounts.work]\nkind = "imap"\nhost = "{host}"\nsecurity = "plain"\n'

    assert faults(text)["accounts.work.security"][0] == 8
    assert parse_config(text + "allow_plaintext = true\n", AT).enabled


def test_the_same_mailbox_twice_is_refused() -> None:
    told = faults(USER + IMAP + IMAP.replace("work", "again"))

    assert told["accounts.again"][0] == 8
    assert "accounts.work" in told["accounts.again"][1]


def test_the_same_mailbox_is_seen_where_only_one_names_the_default_user() -> None:
    told = faults(USER + IMAP + IMAP.replace("work", "again") + 'username = "sam@example.com"\n')

    assert "accounts.again" in told


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "accounts"),
        ("user = 3\n", "user"),
        ("accounts = 3\n", "accounts"),
        ("[accounts]\nwork = 3\n", "accounts.work"),
        ('[accounts."a b"]\nkind = "imap"\nhost = "x"\n', "accounts.a b"),
        ("[accounts.work]\n", "accounts.work.kind"),
        ('[accounts.work]\nname = "x"\nkind = "imap"\nhost = "x"\n', "accounts.work.name"),
        ("[[user]]\n", "user"),
    ],
)
def test_a_table_of_the_wrong_shape_is_told(text: str, key: str) -> None:
    assert key in faults(text)


@pytest.mark.parametrize(
    "value",
    [
        '"imaps://imap.example.com"',
        '"imap.example.com:993"',
        '"imap example"',
        '""',
        '"a\\nb"',
        "3",
        "[]",
        "1979-05-27",
        "1979-05-27T07:32:00Z",
        "{ x = 1 }",
    ],
)
def test_a_host_is_a_bare_name(value: str) -> None:
    text = USER + f'[accounts.work]\nkind = "imap"\nhost = {value}\n'

    assert any(key.startswith("accounts.work.host") for key in faults(text))


@pytest.mark.parametrize("value", ['"Sam <sam@example.com>"', '"sam"', '"sam@a@b"', '"sam@example.com\\r\\nBcc: x@example.com"'])
def test_an_address_is_a_bare_address(value: str) -> None:
    assert "user.email" in faults(f'[user]\nname = "Sam"\nemail = {value}\n{IMAP}')


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "0", "true", '"120"', "1e400"])
def test_a_number_is_a_number_in_its_range(value: str) -> None:
    assert "accounts.work.poll_seconds" in faults(f"{USER}{IMAP}poll_seconds = {value}\n")


@pytest.mark.parametrize(
    ("keys", "bounds"),
    [
        ("", (30, 120, 600)),
        ("poll_seconds = 60\n", (15, 60, 300)),
        ("poll_shortest_seconds = 120\npoll_longest_seconds = 120\n", (120, 120, 120)),
        ("poll_shortest_seconds = 10\npoll_longest_seconds = 3600\n", (10, 120, 3600)),
    ],
)
def test_the_bounds_of_polls_lie_around_the_usual_interval(keys: str, bounds: tuple[float, float, float]) -> None:
    account = imap(keys)

    assert (account.poll_shortest_seconds, account.poll_seconds, account.poll_longest_seconds) == bounds
    assert pace_of(account) == Pace(bounds[1], bounds[0], bounds[2])


@pytest.mark.parametrize("keys", ["poll_shortest_seconds = 121\n", "poll_longest_seconds = 119\n"])
def test_bounds_of_polls_that_contradict_the_usual_interval_are_told(keys: str) -> None:
    assert f"accounts.work.{keys.partition(' ')[0]}" in faults(f"{USER}{IMAP}{keys}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[user]\nname = Sam\n", 2),
        ("[user]\nname = 'Sam\n", 2),
        ("[user\n", 1),
        ("a = 1\na = 2\n", 2),
        ('x = """\nabc', 2),
        ("x = [1,\n2,\n", 2),
        ("=", 1),
    ],
)
def test_a_fault_of_syntax_is_told_with_its_line(text: str, line: int) -> None:
    assert faults(text)[""][0] == line


def test_deep_nesting_is_told_and_does_not_break_down() -> None:
    assert "" in faults("x = " + "[" * 100_000)


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.example\.toml"):
        load_config(tmp_path / "config.toml")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"ok = 1\n# \xe9\n", b"\0"])
def test_a_file_that_is_not_toml_text_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)

    with pytest.raises(ConfigError, match=r"config\.toml:\d: "):
        load_config(path)


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder"):
        load_config(tmp_path)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (USER + IMAP).replace("\n", "\r\n").encode())

    assert load_config(path).user.name == "Sam Rivera"


def test_problems_are_written_in_the_form_that_editors_jump_to() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(USER + IMAP + "hosst = 1\n", AT)

    assert str(caught.value) == f"{AT}:8: accounts.work.hosst: unknown key. Did you mean host?"


def test_an_account_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="work"):
        parse_config(USER + IMAP, AT).account("home")


def test_a_configuration_is_read_without_importing_pydantic() -> None:
    code = "import sys; from watcher.config.load import parse_config as p; from pathlib import Path; p(sys.argv[1], Path('/x'))"
    code += "; sys.exit('pydantic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code, USER + IMAP], check=False).returncode == 0


def test_what_the_checks_on_drafts_go_by_is_read() -> None:
    text = '[lint]\nconfidential = ["Project Heron"]\nemployer = ["Northwind"]\nwords = ["zymurgy"]\n'
    text += 'off = ["Spelling", "part.offer"]\n'
    settings = parse_config(USER + IMAP + text, AT).lint.settings
    assert settings.confidential == ("Project Heron",)
    assert settings.employer == ("Northwind",)
    assert settings.words == ("zymurgy",)
    assert settings.off == {"spelling", "part.offer"}


def test_a_check_that_is_none_is_told_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError) as told:
        parse_config(USER + IMAP + '[lint]\noff = ["speling"]\n', AT)
    assert "Did you mean spelling?" in str(told.value)


@pytest.mark.parametrize(
    ("strengths", "key"),
    [
        ('[{ proof = "x" }]', "user.strengths.0.what"),
        ('[{ what = "SQL", prof = "x" }]', "user.strengths.0.prof"),
        ("[1]", "user.strengths.0"),
        ('[{ what = "" }]', "user.strengths.0.what"),
    ],
)
def test_a_strength_is_a_text_or_a_table_with_its_proof(strengths: str, key: str) -> None:
    assert key in faults(USER + f"strengths = {strengths}\n" + IMAP)
