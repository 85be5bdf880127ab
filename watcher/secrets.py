"""Passwords and access tokens, from where the configuration says they are.

Nothing here prompts, and no secret is ever an argument of a process, part of an error, or readable in a log: what is resolved
is registered for redaction first. Every source has a time limit.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from watcher.log import register_secret

__all__ = [
    "CommandSecret",
    "FileSecret",
    "KeyringSecret",
    "SecretError",
    "SecretSource",
    "VariableSecret",
    "end_running",
    "find_keyring",
    "forget_secret",
    "open_at_once",
    "resolve_secret",
    "store_secret",
]

KEYRING_SECONDS = 5.0
"""A keyring that does not answer within this is taken for dead (a D-Bus without an answering service hangs for ever)."""
INTERACTIVE_KEYRING_SECONDS = 120.0
"""Time for the user to unlock a keyring, when a person sits there."""
COMMAND_SECONDS = 30.0
_LARGEST = 65_536
_STDERR = 500
_CHILD = Path(__file__).with_name("keyring_child.py")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]+")


class SecretError(Exception):
    """A secret could not be had; `str()` says why and what the user can do, and never holds a secret."""


@dataclass(frozen=True, slots=True)
class KeyringSecret:
    """An entry of the system's keyring."""

    account: str
    service: str
    username: str
    key: str = "password"
    """The key of the account's table that says where the secret is."""
    grant: bool = False
    """It is a sign-in, which `hearback login` makes."""

    def __str__(self) -> str:
        """Return what it is, for messages."""
        return f'keyring entry "{self.service}" of {self.username}'

    @property
    def renewal(self) -> str:
        """Return how to give another secret, as the end of a sentence."""
        return f"store it again with `hearback login {self.account}`"


@dataclass(frozen=True, slots=True)
class CommandSecret:
    """The first line that a program prints."""

    account: str
    command: tuple[str, ...]
    key: str = "password"
    grant: bool = False
    """Both as of KeyringSecret."""

    def __str__(self) -> str:
        """Return what it is, for messages; the arguments stay away."""
        return f"{self.key}.command ({self.command[0]})"

    @property
    def renewal(self) -> str:
        """Return how to give another secret, as the end of a sentence."""
        return f"run {self.key}.command ({self.command[0]}) by hand and see what it prints"


@dataclass(frozen=True, slots=True)
class VariableSecret:
    """An environment variable."""

    account: str
    name: str
    key: str = "password"
    grant: bool = False
    """Both as of KeyringSecret."""

    def __str__(self) -> str:
        """Return what it is, for messages."""
        return f"environment variable {self.name}"

    @property
    def renewal(self) -> str:
        """Return how to give another secret, as the end of a sentence."""
        return f"set the environment variable {self.name} to the right one and start Hearback again"


@dataclass(frozen=True, slots=True)
class FileSecret:
    """The first line of a file that only this user can read."""

    account: str
    path: Path
    key: str = "password"
    grant: bool = False
    """Both as of KeyringSecret."""

    def __str__(self) -> str:
        """Return what it is, for messages."""
        return f"{self.key}.file {self.path}"

    @property
    def renewal(self) -> str:
        """Return how to give another secret, as the end of a sentence."""
        return f"write the right one into {self.path}"


SecretSource = KeyringSecret | CommandSecret | VariableSecret | FileSecret


def resolve_secret(source: SecretSource, *, interactive: bool = False) -> str:
    """Return the secret, registered for redaction. Blocks for the source's time limit at most.

    `interactive` allows the desktop to ask for the keyring's own password; nothing ever reads the terminal. Raises SecretError.
    """
    match source:
        case KeyringSecret():
            secret = _from_keyring(source, KEYRING_SECONDS, interactive=interactive)
        case CommandSecret():
            secret = _from_command(source, COMMAND_SECONDS)
        case VariableSecret():
            secret = os.environ.get(source.name, "")
            if not secret:
                raise SecretError(
                    f"accounts.{source.account}: the environment variable {source.name} is not set, or empty. "
                    f"Set it for this process, in a service with EnvironmentFile=, or choose another source:\n{_ladder(source)}"
                )
        case FileSecret():
            secret = _from_file(source)
    register_secret(secret)
    return secret


def store_secret(source: SecretSource, secret: str, *, interactive: bool = True) -> None:
    """Write the secret into the keyring and read it back; with `interactive` the desktop may ask for the keyring's password.

    Raises SecretError when the source is no keyring entry, or when what is read back is not what was written.
    """
    register_secret(secret)
    if not isinstance(source, KeyringSecret):
        raise SecretError(f"accounts.{source.account}: the secret comes from {source}: change it there")
    request = {"do": "set", "service": source.service, "username": source.username, "secret": secret, "interactive": interactive}
    _ask_keyring(source, request, INTERACTIVE_KEYRING_SECONDS if interactive else KEYRING_SECONDS)
    try:
        same = _from_keyring(source, KEYRING_SECONDS, interactive=interactive) == secret
    except SecretError:
        same = False
    if not same:
        raise SecretError(
            f"accounts.{source.account}: the keyring took the secret and does not give it back. Choose another source:\n"
            f"{_ladder(source)}"
        )


def forget_secret(source: KeyringSecret) -> None:
    """Remove the entry from the keyring; one that is not there is forgotten already. Raises SecretError."""
    request = {"do": "get", "service": source.service, "username": source.username, "interactive": True}
    if "secret" in _ask_keyring(source, request, INTERACTIVE_KEYRING_SECONDS):
        _ask_keyring(source, request | {"do": "delete"}, INTERACTIVE_KEYRING_SECONDS)


def find_keyring(source: KeyringSecret) -> None:
    """Raise SecretError where the keyring cannot be used, whether it holds the entry or not. May make the desktop ask."""
    request = {"do": "get", "service": source.service, "username": source.username, "interactive": True}
    answer = _ask_keyring(source, request, INTERACTIVE_KEYRING_SECONDS)
    if "null" in answer.get("backend", ""):
        raise SecretError(
            f"accounts.{source.account}: the keyring is switched off ({answer['backend']}): it stores nothing. Choose another "
            f"source:\n{_ladder(source)}"
        )


def _ladder(source: SecretSource) -> str:
    """Return the other sources, best first, as the lines to write: of a sign-in that `login` makes, those that it can write."""
    lines, key = [], source.key
    if not isinstance(source, KeyringSecret):
        lines.append(f'  {key}.keyring = "hearback"  # and: hearback login {source.account}')
    file = f'  {key}.file = "~/.config/hearback/{source.account}.secret"  # mode 0600'
    if source.grant and not isinstance(source, FileSecret):
        lines.append(f"{file}, made by: hearback login {source.account}")
    if not isinstance(source, CommandSecret):
        lines.append(f'  {key}.command = ["pass", "show", "mail/{source.account}"]  # a program')
    if not isinstance(source, VariableSecret):
        lines.append(f'  {key}.env = "HEARBACK_{key.upper()}"  # its name')
    if not source.grant and not isinstance(source, FileSecret):
        lines.append(file)
    return "\n".join([f"  [accounts.{source.account}]   # exactly one of these:", *lines])


def _from_keyring(source: KeyringSecret, seconds: float, *, interactive: bool) -> str:
    request = {"do": "get", "service": source.service, "username": source.username, "interactive": interactive}
    answer = _ask_keyring(source, request, INTERACTIVE_KEYRING_SECONDS if interactive else seconds)
    secret = answer.get("secret")
    if not isinstance(secret, str) or not secret:
        backend = answer.get("backend", "")
        what = "sign-in" if source.grant else "password"
        reason = f"the keyring ({backend}) holds no {what} for {source.username} under the service {source.service!r}"
        if "null" in backend:
            reason = f"the keyring is switched off ({backend}): it stores nothing"
        raise SecretError(
            f"accounts.{source.account}: {reason}. Put it there with `hearback login {source.account}`, or choose another "
            f"source:\n{_ladder(source)}"
        )
    return secret


def _ask_keyring(source: KeyringSecret, request: dict[str, object], seconds: float) -> dict[str, str]:
    """Let a process of its own ask the keyring: it can be ended when D-Bus hangs, and has no terminal to prompt on."""
    command = [sys.executable, "-P", str(_CHILD)]
    outcome = _run(command, json.dumps(request).encode(), seconds)
    reason = ""
    answer: dict[str, str] = {}
    if outcome is None:
        reason = f"the keyring did not answer within {seconds:g} seconds (D-Bus hangs, or its window waits for an answer)"
    else:
        try:
            answer = json.loads(outcome.stdout)
        except ValueError:
            reason = f"the keyring broke down: {outcome.stderr or 'no answer'}"
    if reason or "error" in answer:
        what = reason or _explain(answer)
        raise SecretError(f"accounts.{source.account}: {what}. Choose another source for the secret:\n{_ladder(source)}")
    return answer


def _explain(answer: dict[str, str]) -> str:
    """Return the child's error in words of ours."""
    kind, detail, backend = answer.get("error", ""), answer.get("detail", ""), answer.get("backend", "")
    match kind:
        case "NoKeyringError":
            return "this machine has no keyring that programs can use (usual without a desktop)"
        case "KeyringLocked" | "InitError":
            return f"the keyring is locked ({backend}). Unlock it by signing in to the desktop, and try again"
        case "EOFError":
            return f"the keyring ({backend}) wants to ask for its own password on a terminal, which a background program has not"
        case "TimeoutError":
            return "the keyring did not answer (D-Bus hangs)"
        case "ValueError":
            return f"the keyring ({backend}) cannot be opened with the password it was given"
        case _:
            return f"the keyring{f' ({backend})' if backend else ''} failed: {kind}{f' ({detail})' if detail else ''}"


def _from_command(source: CommandSecret, seconds: float) -> str:
    name = f"accounts.{source.account}: {source}"
    try:
        outcome = _run(list(source.command), b"", seconds)
    except FileNotFoundError:
        raise SecretError(f"{name}: there is no such program. Write its whole path, or install it") from None
    except OSError as error:
        raise SecretError(f"{name}: cannot be started ({error.strerror}). Try it in a terminal") from None
    if outcome is None:
        raise SecretError(
            f"{name}: was not done after {seconds:g} seconds and was ended. It must not ask anything: unlock it first "
            "(a running gpg-agent, an unlocked vault)"
        )
    if outcome.code != 0:
        said = f", and said: {outcome.stderr}" if outcome.stderr else ""
        raise SecretError(f"{name}: ended with status {outcome.code}{said}. Try it in a terminal: it must print the secret")
    return _first_line(
        outcome.stdout, f"{name}: what it printed", "Try it in a terminal: it must print the secret, and nothing before"
    )


def _from_file(source: FileSecret) -> str:
    name = f"accounts.{source.account}: {source}"
    try:
        with open(source.path, "rb", opener=open_at_once) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise SecretError(f"{name}: is not a regular file. Name a file that holds the secret in its first line")
            if os.name == "posix":
                if facts.st_uid != os.geteuid():
                    raise SecretError(f"{name}: belongs to another user. Make it yours: chown {os.geteuid()} {source.path}")
                if stat.S_IMODE(facts.st_mode) & 0o077:
                    mode = stat.S_IMODE(facts.st_mode)
                    raise SecretError(f"{name}: others can read it (mode {mode:04o}). Close it: chmod 600 {source.path}")
            data = file.read(_LARGEST)
    except FileNotFoundError:
        make = f"(umask 077; cat > {source.path}), then type the secret, Enter, Ctrl-D"
        if source.grant:
            make = f"hearback login {source.account}"
        raise SecretError(f"{name}: there is no such file. Make it: {make}") from None
    except OSError as error:
        raise SecretError(f"{name}: cannot be read ({error.strerror}). Look at the rights of its folder") from None
    return _first_line(data, name, "Write the secret there, as text")


def open_at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))


def _first_line(data: bytes, name: str, remedy: str) -> str:
    """Return the first line without its line break; blanks belong to the secret. A JSON object may stand on several lines."""
    if data.lstrip().startswith(b"{") and b"\n" in data.strip():
        with contextlib.suppress(ValueError, RecursionError):
            return json.dumps(json.loads(data))
    line = data.split(b"\n", 1)[0].removesuffix(b"\r")
    try:
        secret = line.decode("utf-8")
    except UnicodeDecodeError:
        raise SecretError(f"{name} is not UTF-8 text. {remedy}") from None
    if not secret.strip() or "\0" in secret:
        raise SecretError(f"{name} has no secret in its first line. {remedy}")
    return secret


@dataclass(frozen=True, slots=True)
class _Outcome:
    code: int
    stdout: bytes
    stderr: str


_running: set[subprocess.Popen[bytes]] = set()


def end_running() -> None:
    """End the programs that are being waited for in other threads: they would outlive this process."""
    for process in list(_running):
        _kill(process)


def _run(command: list[str], given: bytes, seconds: float) -> _Outcome | None:
    """Run without a shell and without a terminal; None when time ran out. What it prints is bounded. Raises OSError."""
    process = subprocess.Popen(  # noqa: S603 -- the user's own configuration names the program
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    _running.add(process)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    said: dict[str, bytes] = {}
    threads = [
        threading.Thread(target=_write, args=(process.stdin, given), daemon=True),
        threading.Thread(target=_read, args=(process.stdout, said, "stdout"), daemon=True),
        threading.Thread(target=_read, args=(process.stderr, said, "stderr"), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        code: int | None = process.wait(seconds)
    except subprocess.TimeoutExpired:
        code = None
    _end_group(process)
    _running.discard(process)
    for thread in threads:
        thread.join(seconds)
    if code is None:
        return None
    stderr = _CONTROL.sub(" ", said.get("stderr", b"").decode("utf-8", "replace")).strip()
    return _Outcome(code, said.get("stdout", b""), " ".join(stderr.split())[:_STDERR])


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the process and its children: a child that keeps the pipes open would keep us waiting."""
    _kill(process)
    process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _write(pipe: IO[bytes], data: bytes) -> None:
    try:
        with pipe:
            pipe.write(data)
    except OSError:
        pass  # the program did not want it


def _read(pipe: IO[bytes], said: dict[str, bytes], name: str) -> None:
    with pipe:
        said[name] = pipe.read(_LARGEST)
