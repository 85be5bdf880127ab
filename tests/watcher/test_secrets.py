"""Secrets from every source, and every way in which a source fails; real processes, real sockets, no prompt."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from watcher import secrets
from watcher.log import redact
from watcher.secrets import (
    CommandSecret,
    FileSecret,
    KeyringSecret,
    SecretError,
    VariableSecret,
    resolve_secret,
    store_secret,
)

ENTRY = KeyringSecret("work", "hearback", "sam@example.com")


def command(code: str) -> CommandSecret:
    return CommandSecret("work", (sys.executable, "-c", textwrap.dedent(code)))


# ------------------------------------------------------------------------------------------------------------------ command


def test_a_command_gives_the_first_line_of_its_output() -> None:
    assert resolve_secret(command("print(' top secret \\r\\nsecond')")) == " top secret "


def test_a_command_is_run_without_a_shell() -> None:
    source = CommandSecret("work", (sys.executable, "-c", "import sys; print(sys.argv[1])", "$HOME;`id`"))

    assert resolve_secret(source) == "$HOME;`id`"


def test_a_failing_command_shows_its_complaint_and_never_its_output() -> None:
    with pytest.raises(SecretError) as caught:
        resolve_secret(command("import sys; print('hunter2'); sys.stderr.write('vault\\x1b[31m sealed\\n'); sys.exit(3)"))

    assert "status 3" in str(caught.value)
    assert "vault [31m sealed" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_command_that_is_not_there_is_told() -> None:
    with pytest.raises(SecretError, match="no such program"):
        resolve_secret(CommandSecret("work", ("no-such-program-of-hearback",)))


def test_a_command_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="cannot be started"):
        resolve_secret(CommandSecret("work", (str(tmp_path),)))


def test_a_command_that_takes_too_long_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 0.5)
    code = """
        import subprocess, sys, threading
        subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait(60)"])
        threading.Event().wait(60)
    """

    with pytest.raises(SecretError, match="not done after"):
        resolve_secret(command(code))


def test_a_child_that_keeps_the_output_open_does_not_keep_us_waiting() -> None:
    code = """
        import subprocess, sys
        print("secret-of-parent", flush=True)
        subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait(60)"])
    """

    assert resolve_secret(command(code)) == "secret-of-parent"


def test_a_command_cannot_ask_on_the_terminal() -> None:
    code = """
        import sys
        try:
            open("/dev/tty")
        except OSError:
            print("no terminal,", repr(sys.stdin.read()))
    """

    assert resolve_secret(command(code)) == "no terminal, ''"


@pytest.mark.parametrize("output", ["", "\\n\\nsecret", "   ", "a\\0b"])
def test_a_command_without_a_first_line_is_told(output: str) -> None:
    with pytest.raises(SecretError, match="no secret in its first line"):
        resolve_secret(command(f"print('{output}', end='')"))


def test_endless_output_is_cut_off() -> None:
    code = """
        import sys
        while True:
            sys.stdout.write("x" * 65536)
    """

    with pytest.raises(SecretError, match="status"):
        resolve_secret(command(code))


# ------------------------------------------------------------------------------------------------------- variable and file


def test_a_variable_gives_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARBACK_TEST", "from-the-environment")

    assert resolve_secret(VariableSecret("work", "HEARBACK_TEST")) == "from-the-environment"


def test_a_variable_that_is_not_set_names_the_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEARBACK_TEST", raising=False)

    with pytest.raises(SecretError) as caught:
        resolve_secret(VariableSecret("work", "HEARBACK_TEST"))

    for line in ("[accounts.work]", "password.keyring = ", "password.command = ", "password.file = "):
        assert line in str(caught.value)


def test_a_file_gives_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes("пароль \n".encode())
    path.chmod(0o600)

    assert resolve_secret(FileSecret("work", path)) == "пароль "


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o666, 0o660, 0o601])
def test_a_file_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    path.write_text("hunter2")
    path.chmod(mode)

    with pytest.raises(SecretError, match=f"chmod 600 {path}") as caught:
        resolve_secret(FileSecret("work", path))
    assert "hunter2" not in str(caught.value)


def test_a_file_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.write_text("hunter2")
    path.chmod(0o600)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)

    with pytest.raises(SecretError, match="belongs to another user"):
        resolve_secret(FileSecret("work", path))


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="umask 077"):
        resolve_secret(FileSecret("work", tmp_path / "secret"))


def test_a_pipe_or_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(SecretError):
            resolve_secret(FileSecret("work", path))


# ------------------------------------------------------------------------------------------------------------------- keyring


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Give a machine without desktop and without keyring settings."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return monkeypatch


def backend(bare: pytest.MonkeyPatch, tmp_path: Path, get: str, put: str = "pass") -> None:
    """Install a keyring backend of our own for the process that asks the keyring."""
    (tmp_path / "own_backend.py").write_text(
        textwrap.dedent(f"""
            import getpass, os, pathlib, threading
            from keyring.backend import KeyringBackend
            from keyring import errors

            STORE = pathlib.Path(__file__).with_name("stored")

            class Own(KeyringBackend):
                priority = 1
                def get_password(self, service, username):
                    {get}
                def set_password(self, service, username, password):
                    {put}
        """)
    )
    bare.setenv("PYTHONPATH", str(tmp_path))
    bare.setenv("PYTHON_KEYRING_BACKEND", "own_backend.Own")


def test_the_keyring_gives_what_it_holds(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    backend(bare, tmp_path, 'return f"secret of {username} in {service}"')

    assert resolve_secret(ENTRY) == "secret of sam@example.com in hearback"


def test_a_machine_without_a_keyring_gets_the_alternatives(bare: pytest.MonkeyPatch) -> None:
    del bare
    with pytest.raises(SecretError) as caught:
        resolve_secret(ENTRY)

    assert "no keyring" in str(caught.value)
    for line in ("[accounts.work]", "password.command = ", "password.env = ", "password.file = "):
        assert line in str(caught.value)


def test_a_keyring_that_is_switched_off_is_told(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

    with pytest.raises(SecretError, match="switched off"):
        resolve_secret(ENTRY)


def test_an_empty_keyring_says_how_to_fill_it(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    backend(bare, tmp_path, "return None")

    with pytest.raises(SecretError, match="hearback login work"):
        resolve_secret(ENTRY)


@pytest.mark.parametrize(
    ("get", "told"),
    [
        ('raise errors.KeyringLocked("x")', "locked"),
        ('raise errors.InitError("Prompt dismissed")', "locked"),
        ('raise ValueError("MAC check failed")', "cannot be opened"),
        ('return input("Password: ")', "wants to ask"),
        ("return getpass.getpass()", "wants to ask"),
        ('raise RuntimeError("no bus")', r"RuntimeError \(no bus\)"),
        ("os._exit(9)", "broke down"),
    ],
)
def test_a_keyring_that_fails_is_told_and_never_prompts(
    bare: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str], get: str, told: str
) -> None:
    backend(bare, tmp_path, get)

    with pytest.raises(SecretError, match=told):
        resolve_secret(ENTRY)

    assert capfd.readouterr() == ("", "")


def test_a_backend_that_cannot_be_loaded_is_told(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("PYTHON_KEYRING_BACKEND", "no.such.Backend")

    with pytest.raises(SecretError, match=r"password\.command"):
        resolve_secret(ENTRY)


@pytest.fixture
def deaf_bus(tmp_path: Path) -> Iterator[str]:
    """Give the address of a D-Bus that lets everybody in and then never says a word."""
    path = tmp_path / "bus"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        thread = threading.Thread(target=_let_in, args=(server,), daemon=True)
        thread.start()
        yield f"unix:path={path}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _let_in(server: socket.socket) -> None:
    """Answer the handshake of the D-Bus specification ("Authentication Protocol"), and nothing after it."""
    with contextlib.suppress(OSError):
        while True:
            client, _ = server.accept()
            with client, client.makefile("rb") as lines:
                for line in lines:
                    if line.lstrip(b"\0").startswith(b"AUTH"):
                        client.sendall(b"OK 1234deadbeef1234deadbeef12345678\r\n")
                    elif line.startswith(b"NEGOTIATE_UNIX_FD"):
                        client.sendall(b"AGREE_UNIX_FD\r\n")
                    elif line.startswith(b"BEGIN"):
                        break
                client.recv(65536)
                while client.recv(65536):
                    pass


def test_a_bus_that_hangs_does_not_hang_us(bare: pytest.MonkeyPatch, deaf_bus: str) -> None:
    bare.setenv("DBUS_SESSION_BUS_ADDRESS", deaf_bus)
    bare.setattr(secrets, "KEYRING_SECONDS", 1)

    with pytest.raises(SecretError, match="did not answer within 1 seconds"):
        resolve_secret(ENTRY)


def test_a_bus_that_is_dead_is_told(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")

    with pytest.raises(SecretError, match="no keyring"):
        resolve_secret(ENTRY)


def test_what_is_stored_is_read_back(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    backend(bare, tmp_path, "return STORE.read_text() if STORE.exists() else None", "STORE.write_text(password)")

    store_secret(ENTRY, "hunter2")

    assert resolve_secret(ENTRY) == "hunter2"


def test_a_keyring_that_forgets_is_noticed(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    backend(bare, tmp_path, "return None")

    with pytest.raises(SecretError, match="does not give it back"):
        store_secret(ENTRY, "hunter2")


def test_a_failing_store_never_quotes_the_secret(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    backend(bare, tmp_path, "return None", 'raise RuntimeError("cannot store " + password)')

    with pytest.raises(SecretError) as caught:
        store_secret(ENTRY, "hunter2")

    assert "hunter2" not in str(caught.value)


def test_only_a_keyring_entry_is_written() -> None:
    with pytest.raises(SecretError, match="HEARBACK_TEST"):
        store_secret(VariableSecret("work", "HEARBACK_TEST"), "hunter2")


def test_what_was_resolved_is_redacted_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("correct horse battery")
    path.chmod(0o600)

    secret = resolve_secret(FileSecret("work", path))

    assert redact(f"LOGIN sam {secret}") == "LOGIN sam [secret]"


def test_no_secret_stands_in_the_representation_of_a_source() -> None:
    source = CommandSecret("work", ("vault", "--token=hunter2"))

    assert "hunter2" not in str(source)
