"""Secrets that are too long for one entry of a keyring, against one that takes no more than Windows does."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from watcher.secrets import KeyringSecret, SecretError, forget_secret, resolve_secret, store_secret

ENTRY = KeyringSecret("outlook", "hearback", "microsoft:sam@example.com", "token", grant=True)
LONG = "".join(chr(33 + number % 90) for number in range(5000))

_BACKEND = """
    import json, os, pathlib
    from keyring.backend import KeyringBackend
    from keyring.errors import PasswordDeleteError

    STORE = pathlib.Path(__file__).with_name("entries.json")

    class Windows(KeyringBackend):
        priority = 1
        def _all(self):
            return json.loads(STORE.read_text()) if STORE.exists() else {}
        def get_password(self, service, username):
            return self._all().get(service + "/" + username)
        def set_password(self, service, username, password):
            if len(password.encode("utf-16-le")) > 2560:
                raise OSError("The stub received bad data")
            left = int(os.environ.get("WRITES_LEFT", "99"))
            os.environ["WRITES_LEFT"] = str(left - 1)
            if left <= 0:
                os._exit(9)
            STORE.write_text(json.dumps(self._all() | {service + "/" + username: password}))
        def delete_password(self, service, username):
            entries = self._all()
            if entries.pop(service + "/" + username, None) is None:
                raise PasswordDeleteError("not there")
            STORE.write_text(json.dumps(entries))
"""


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Install the keyring, and return the file with its entries."""
    (tmp_path / "small_keyring.py").write_text(textwrap.dedent(_BACKEND))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "small_keyring.Windows")
    return tmp_path / "entries.json"


def held(entries: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(entries.read_text())
    return found


@pytest.mark.parametrize("secret", [LONG, LONG[:1200], LONG[:1201], "é" * 601, "\U0001f511" * 3000, "x"])
def test_a_secret_of_any_length_comes_back_as_it_was(entries: Path, secret: str) -> None:
    store_secret(ENTRY, secret)

    assert resolve_secret(ENTRY) == secret
    assert all(len(value.encode("utf-16-le")) <= 2560 for value in held(entries).values())


def test_the_entries_of_a_secret_that_was_replaced_or_forgotten_go_away(entries: Path) -> None:
    store_secret(ENTRY, LONG)
    count = len(held(entries))
    store_secret(ENTRY, LONG[::-1])
    assert len(held(entries)) == count
    store_secret(ENTRY, "short")
    assert list(held(entries).values()) == ["short"]
    store_secret(ENTRY, LONG)
    forget_secret(ENTRY)

    assert held(entries) == {}


@pytest.mark.parametrize("writes", range(6))
def test_a_write_that_is_cut_short_leaves_the_old_secret(entries: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    store_secret(ENTRY, LONG)
    monkeypatch.setenv("WRITES_LEFT", str(writes))

    with pytest.raises(SecretError, match="broke down"):
        store_secret(ENTRY, LONG[::-1])
    monkeypatch.delenv("WRITES_LEFT")

    assert resolve_secret(ENTRY) == LONG
    assert entries.exists()


def test_a_part_that_is_missing_or_of_somebody_else_is_told_and_never_passed_on(entries: Path) -> None:
    store_secret(ENTRY, LONG)
    whole = held(entries)
    part = next(name for name in whole if "part 2" in name)

    for damaged in ({**whole, part: "x" * 1200}, {name: value for name, value in whole.items() if name != part}):
        entries.write_text(json.dumps(damaged))
        with pytest.raises(SecretError, match="one is missing, or was changed"):
            resolve_secret(ENTRY)
