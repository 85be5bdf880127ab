"""Exit codes and messages, from real processes: each trouble is one clear message, without a traceback."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.errors import AuthNeeded, Conflict, Misconfigured, NotFound, Refused, Throttled, Unavailable
from tests.letters import invitation
from tests.watcher.clidesk import INTERVIEW, INVITED, CliDesk
from watcher.cli.exits import Exit, UsageError, explain, worst
from watcher.config import ConfigError, Problem
from watcher.lock import AlreadyRunning, Lock
from watcher.secrets import SecretError
from watcher.store import StoreError, StoreFull

PLAIN = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "NO_COLOR": "1", "COLUMNS": "80"}


def hearback(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "watcher.cli", *map(str, words)],
        env=PLAIN | environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def desk(tmp_path: Path) -> CliDesk:
    return CliDesk(tmp_path)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (ConfigError(Path("x"), [Problem("x", "y")]), 2),
        (Misconfigured("x"), 2),
        (AuthNeeded("x"), 3),
        (SecretError("x"), 3),
        (Unavailable("x"), 4),
        (Throttled("x", 3.0), 4),
        (NotFound("x"), 5),
        (Conflict("x"), 5),
        (Refused("x"), 5),
        (StoreError("x"), 5),
        (StoreFull("x"), 6),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 6),
        (OSError(errno.EROFS, "Read-only file system", "/x"), 6),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 6),
        (FileNotFoundError(errno.ENOENT, "No such file", "/x"), 2),
        (AlreadyRunning(12), 7),
    ],
)
def test_each_foreseeable_error_has_its_code(error: Exception, code: int) -> None:
    explained = explain(error)

    assert explained is not None
    assert explained[0] == code
    assert explained[1]


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError("x"), BrokenPipeError(errno.EPIPE, "x")])
def test_a_bug_is_not_explained_away(error: Exception) -> None:
    assert explain(error) is None


@pytest.mark.parametrize(("seconds", "told"), [(40, "Try again in 40 s"), (900, "Try again in 15 minutes")])
def test_who_is_asked_for_patience_is_told_for_how_long(seconds: float, told: str) -> None:
    found = explain(Throttled("Gmail asks for patience.", seconds))

    assert found is not None
    assert found[0] is Exit.UNREACHABLE
    assert told in found[1]


def test_of_several_troubles_the_gravest_counts() -> None:
    assert worst([Exit.OK, Exit.UNREACHABLE, Exit.SIGN_IN]) is Exit.SIGN_IN
    assert worst([Exit.UNREACHABLE, Exit.CANNOT_WRITE]) is Exit.CANNOT_WRITE
    assert worst([]) is Exit.OK


def test_help_and_version_end_well() -> None:
    assert hearback("--version").stdout.startswith("hearback ")
    text = hearback("--help").stdout
    for command in (
        "demo",
        "run",
        "once",
        "status",
        "why",
        "plan",
        "drafts",
        "pause",
        "resume",
        "close",
        "reopen",
        "snooze",
        "check",
    ):
        assert f" {command} " in text
    assert "\x1b" not in text


def test_a_wrong_command_is_a_usage_error() -> None:
    assert hearback("stauts").returncode == 2
    assert hearback("pause").returncode == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_there_for_the_shells(shell: str) -> None:
    done = hearback(_HEARBACK_COMPLETE=f"source_{shell}")

    assert done.returncode == 0
    assert "hearback" in done.stdout


def test_no_configuration_says_what_to_do(tmp_path: Path) -> None:
    done = hearback("status", "--config", tmp_path / "none.toml")

    assert done.returncode == 2
    assert "config.example.toml" in done.stderr


def test_the_configuration_is_named_before_or_after_the_command_or_by_environment(desk: CliDesk, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"

    assert hearback("config", "check", "--config", desk.config).returncode == 0
    assert hearback("--config", desk.config, "config", "check", HEARBACK_CONFIG=str(wrong)).returncode == 0
    assert hearback("config", "check", HEARBACK_CONFIG=str(desk.config)).returncode == 0
    assert hearback("config", "check", HEARBACK_CONFIG=str(wrong)).returncode == 2


def test_a_second_daemon_is_told_that_one_runs(desk: CliDesk) -> None:
    desk.state.mkdir()
    with Lock(desk.state / "lock"):
        for command in ("run", "once"):
            done = hearback(command, "--config", desk.config)
            assert done.returncode == 7
            assert f"process {os.getpid()}" in done.stderr
        assert hearback("status", "--config", desk.config).returncode == 0


def test_waking_does_not_end_who_holds_the_lock_without_being_able_to_hear(tmp_path: Path) -> None:
    """As `once`, or a daemon that is still starting."""
    program = (
        "import pathlib, sys\n"
        "from watcher.lock import Lock, wake_daemon\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "with Lock(path): print(wake_daemon(path))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "lock")]
    done = subprocess.run(command, env=PLAIN, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr


def test_a_daemon_is_woken_by_a_word_of_the_user_and_ends_when_told(desk: CliDesk) -> None:
    desk.invite()
    hearback("once", "--now", "2026-03-03T09:00+01:00", "--config", desk.config)
    running = subprocess.Popen(
        [sys.executable, "-m", "watcher.cli", "run", "--config", str(desk.config)],
        env=PLAIN,
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stderr is not None
        assert "Watching main" in next(line for line in running.stderr if "Watching" in line)
        told = hearback("pause", "acme", "--json", "--config", desk.config)
        assert json.loads(told.stdout)["daemon"] is True
        assert hearback("run", "--config", desk.config).returncode == 7
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
    finally:
        running.kill()
        running.communicate()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def test_a_server_that_cannot_be_reached_has_its_code(desk: CliDesk, closed_port: int) -> None:
    desk.configure(
        f'[accounts.main]\nkind = "imap"\nhost = "127.0.0.1"\nport = {closed_port}\nsecurity = "plain"\npassword.env = "MAIL"\n'
    )

    done = hearback("once", "--config", desk.config, MAIL="hunter2-hunter2")

    assert done.returncode == 4
    assert "127.0.0.1" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    status = hearback("status", "--config", desk.config)
    assert "main:" in status.stdout


def test_one_account_in_trouble_does_not_hold_up_the_others(desk: CliDesk, closed_port: int) -> None:
    desk.invite()
    desk.configure(
        f'[accounts.away]\nkind = "imap"\nhost = "127.0.0.1"\nport = {closed_port}\nsecurity = "plain"\npassword.env = "MAIL"\n'
        '[accounts.main]\nkind = "maildir"\npath = "mail"\n'
    )

    done = hearback("once", "--now", "2026-03-03T09:00+01:00", "--config", desk.config, MAIL="x")

    assert done.returncode == 4
    assert "Interview found" in done.stdout


def test_a_secret_that_cannot_be_had_asks_for_a_sign_in(desk: CliDesk) -> None:
    desk.configure('[accounts.main]\nkind = "imap"\nhost = "localhost"\nsecurity = "plain"\npassword.env = "NOT_SET"\n')

    done = hearback("check", "--config", desk.config)

    assert done.returncode == 3
    assert "NOT_SET" in done.stdout


def test_a_damaged_store_is_told_and_left_alone(desk: CliDesk) -> None:
    desk.state.mkdir()
    database = desk.state / "hearback.sqlite3"
    database.write_bytes(b"this is no database at all" * 100)

    done = hearback("status", "--config", desk.config)

    assert done.returncode == 5
    assert str(database) in done.stderr
    assert database.read_bytes().startswith(b"this is no database")


def test_state_that_cannot_be_written_has_its_code(desk: CliDesk) -> None:
    desk.configure(rest="")
    text = desk.config.read_text().replace('state_dir = "state"', 'state_dir = "/proc/hearback"')
    desk.config.write_text(text)

    done = hearback("status", "--config", desk.config)

    assert done.returncode in {2, 6}
    assert "/proc/hearback" in done.stderr


def test_a_log_on_a_full_disk_does_not_end_the_program(desk: CliDesk) -> None:
    desk.configure(rest='log_file = "/dev/full"\n')

    assert hearback("once", "--now", "2026-03-03T09:00+01:00", "--config", desk.config).returncode == 0


@pytest.mark.parametrize("room", [20_000, 60_000])
@pytest.mark.parametrize("verb", ["once --now 2026-03-03T09:00+01:00", "run"])
def test_a_disk_without_room_has_its_code_and_loses_nothing(desk: CliDesk, verb: str, room: int) -> None:
    """A limit on the size of files stands in for the full disk: SQLite cannot write there either."""
    desk.invite()
    words = [sys.executable, "-B", "-m", "watcher.cli", *verb.split(), "--config", str(desk.config)]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    full = subprocess.run(
        words,
        env=PLAIN,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
        timeout=60,
    )
    assert full.returncode == 6, full.stderr
    assert "disk space" in full.stderr
    assert "Traceback" not in full.stderr

    done = hearback("once", "--now", "2026-03-03T09:00+01:00", "--config", desk.config)
    assert done.returncode == 0
    assert "Interview found" in done.stdout


def test_nobody_else_can_read_the_state(desk: CliDesk) -> None:
    hearback("once", "--config", desk.config)

    assert {path.stat().st_mode & 0o077 for path in (desk.state, *desk.state.iterdir())} == {0}


def test_an_unforeseen_error_is_short_and_debug_tells_all(desk: CliDesk, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import watcher.cli.setting_up as commands\n"
        "def broken(*given): raise RuntimeError('the inside is out')\n"
        "commands.check_config = broken\n"
    )
    words = [sys.executable, "-m", "watcher.cli"]
    environment = PLAIN | {"PYTHONPATH": f"{broken}:{Path(__file__).parents[2]}"}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*words, *more], env=environment, capture_output=True, text=True, check=False, timeout=60)

    short = run("config", "check", "--config", str(desk.config))
    long = run("--debug", "config", "check", "--config", str(desk.config))

    assert (short.returncode, long.returncode) == (1, 1)
    assert "Traceback" not in short.stderr
    assert "the inside is out" in short.stderr
    assert "Traceback" in long.stderr


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_terminal_that_knows_few_signs_gets_what_it_can_show(desk: CliDesk, encoding: str) -> None:
    zoe = ("Zo\u00eb \u6797", "zoe@acme.test")
    desk.deliver(invitation(INVITED, INTERVIEW, attendees=[zoe], organizer=zoe), INVITED, "invite")
    desk.run("once", "--now", "2026-03-03T09:00+01:00")
    for words in (["status"], ["plan"], ["drafts"], ["why", "acme"], ["--help"]):
        last = [] if words == ["--help"] else ["--config", str(desk.config)]
        done = hearback(*words, *last, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout
        if encoding == "ascii" and words == ["status"]:
            assert "Hearback - " in done.stdout
            assert "Zoe ?" in done.stdout


def test_a_reader_that_goes_away_causes_no_noise() -> None:
    script = f"{sys.executable} -m watcher.cli --help | true"

    done = subprocess.run(
        script, shell=True, env=PLAIN, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )

    assert "Traceback" not in done.stderr
