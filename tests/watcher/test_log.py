"""Nothing secret is written, whatever is logged."""

from __future__ import annotations

import base64
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from watcher import log
from watcher.log import configure_logging, redact, register_secret

SECRET = 'p"ä\\ss w/örd'


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take what a test registers and sets up away again."""
    monkeypatch.setattr(log, "_secrets", {})
    root = logging.getLogger()
    level = root.level
    kept = root.handlers[:]
    yield
    for handler in root.handlers[:]:
        if handler not in kept:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    path = tmp_path / "logs" / "hearback.log"
    configure_logging("debug", path)
    register_secret(SECRET)
    return path


def test_a_secret_is_replaced_in_message_arguments_and_traceback(logged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("watcher.test")
    logger.info("plain %s", SECRET)
    logger.info("as %r in %s", SECRET, {"password": SECRET})
    logger.warning(f"formatted {SECRET}")  # noqa: G004 -- the careless form is what is tested
    try:
        raise RuntimeError(SECRET)  # noqa: TRY301 -- a traceback with the secret in it is what is tested
    except RuntimeError:
        logger.exception("failed")

    written = logged.read_text("utf-8")
    assert "ss w" not in written
    assert "RuntimeError: [secret]" in written
    assert written.count("[secret]") == 5
    assert SECRET not in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        base64.b64encode(b"\0sam@example.com\0hunter2-hunter2").decode(),
        base64.b64encode(b"user=sam@example.com\x01auth=Bearer hunter2-hunter2\x01\x01").decode(),
        *(base64.b64encode(b"x" * before + b"hunter2-hunter2" + b"y" * 5).decode() for before in range(6)),
        "https://example.com/?token=" + quote("hunter2-hunter2"),
    ],
)
def test_a_secret_is_found_inside_codings(line: str) -> None:
    register_secret("hunter2-hunter2")

    assert "[secret]" in redact(line)


def test_base64_of_something_else_is_left_alone() -> None:
    register_secret("hunter2-hunter2")
    line = base64.b64encode(b"\0sam@example.com\0another-one").decode()

    assert redact(line) == line


def test_secrets_that_are_new_every_hour_do_not_fill_the_memory() -> None:
    register_secret("the-lasting-password")
    for hour in range(500):
        register_secret(f"token-number-{hour}")
        register_secret("the-lasting-password")

    assert len(log._secrets) <= 64
    assert redact("token-number-499 the-lasting-password token-number-480") == "[secret] [secret] [secret]"


def test_the_longer_of_two_secrets_is_replaced_whole() -> None:
    register_secret("abc")
    register_secret("abcdefgh")

    assert redact("xabcdefghx abc") == "x[secret]x [secret]"


def test_an_empty_secret_replaces_nothing() -> None:
    register_secret("")

    assert redact("all as it was") == "all as it was"


def test_what_a_mail_says_cannot_pass_for_a_line_of_the_log(logged: Path) -> None:
    logging.getLogger("watcher.test").info("subject %s", "x\n2026-03-03 INFO watcher: all is well\r\x1b[2J\u202e")

    first, second = logged.read_text("utf-8").splitlines()
    assert first.endswith("subject x")
    assert second == "    2026-03-03 INFO watcher: all is well\\r\\x1b[2J\\u202e"


def test_only_the_user_can_read_the_log(logged: Path) -> None:
    logging.getLogger("watcher.test").info("x")

    assert stat.S_IMODE(logged.stat().st_mode) == 0o600
    assert stat.S_IMODE(logged.parent.stat().st_mode) == 0o700


def test_a_rotated_log_stays_private(logged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = next(each for each in logging.getLogger().handlers if isinstance(each, logging.handlers.RotatingFileHandler))
    monkeypatch.setattr(handler, "maxBytes", 100)
    for number in range(5):
        logging.getLogger("watcher.test").info("line %d %s", number, "x" * 80)

    files = sorted(logged.parent.iterdir())
    assert len(files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_setting_up_twice_writes_every_line_once(tmp_path: Path) -> None:
    path = tmp_path / "hearback.log"
    configure_logging("info", path)
    configure_logging("info", path)

    logging.getLogger("watcher.test").info("once")

    assert path.read_text("utf-8").count("once") == 1


def test_the_mail_protocol_is_never_logged(logged: Path) -> None:
    logging.getLogger("imapclient").debug("> LOGIN sam x")
    logging.getLogger("requests_oauthlib.oauth2_session").debug("Prepared fetch token request body code=4/0A")
    logging.getLogger("oauthlib.oauth2").info("code=4/0A")
    logging.getLogger("imapclient.imaplib").info("< * OK")

    assert logged.read_text("utf-8") == ""


def test_a_file_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        configure_logging("info", tmp_path)
