"""No code of ours can send: neither the verbs of any provider nor a mail transport stand anywhere in it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import googleapiclient
import pytest

from connectors.gmail.quota import units_of

ROOT = Path(__file__).parents[2]
_DESCRIPTION = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "gmail.v1.json"
SOURCES = sorted(path for folder in ("watcher", "connectors", "rules") for path in (ROOT / folder).rglob("*.py"))

_MODULES = re.compile(r"(?:aio)?smtplib|aiosmtpd|smtpd|twisted\.mail|email_sender|yagmail|sendgrid|mailgun|boto3|requests_mail")
_NAMES = re.compile(r"sendmail|send_?message|send_?mail|send_?draft|submit_?(?:mail|message)|EmailSubmission", re.IGNORECASE)
_OWNERS = frozenset({"drafts", "messages", "users", "message", "mail"})
"""What `.send` may not be asked of; a socket may send."""
_HOLDERS = frozenset({"messages", "threads"})
_HOLDS = frozenset({"insert", "import_", "trash", "untrash", "delete", "batchDelete"})
"""What Gmail's client can do to mail that is not ours to do: put it into the mailbox, or take it out of it."""
_TEXTS = re.compile(
    r"""
    \b(?:/usr)?(?:/s?bin|/lib)/sendmail\b        # the local transport
    | \bsendmail\b | \bmsmtp\b
    | \bsmtps?://                                # a transport by its address
    | gmail\.send\b | \bMail\.Send\b             # the rights of Gmail and Graph
    | https://mail\.google\.com/(?:\s|$)         # Gmail's right to everything
    | /sendMail\b | /(?:drafts|messages)/send\b  # the calls of Graph and Gmail
    | /messages/[^/\s]*/(?:send|forward|replyAll|reply)\b | /(?:send|forward|replyAll|reply)\Z
    | \bgmail\.users\.(?:drafts|messages)\.(?:send|insert|import)\b
    | \bgmail\.users\.(?:messages|threads)\.(?:trash|untrash|delete|batchDelete)\b
    | jmap:submission | EmailSubmission/set      # JMAP
    """,
    re.VERBOSE,
)


IMAP_SCOPE = "https://mail.google.com/"
_GRANTED = {"connectors/auth/google/grant.py": (IMAP_SCOPE,)}
"""IMAP takes nothing less (https://developers.google.com/workspace/gmail/imap/xoauth2-protocol), and it cannot send."""


def findings(source: str) -> list[str]:
    """Return what in a module could send mail, each with its line; docstrings may speak of it."""
    tree = ast.parse(source)
    documentation = set(_docstrings(tree))
    return [
        f"{getattr(node, 'lineno', 0)}: {what}"
        for node in ast.walk(tree)
        if node not in documentation
        for what in _findings(node)
    ]


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def _findings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if _MODULES.match(alias.name))
    elif isinstance(node, ast.ImportFrom):
        if _MODULES.match(node.module or "") or any(_NAMES.search(alias.name) for alias in node.names):
            yield node.module or ""
    elif isinstance(node, ast.Attribute):
        sends = node.attr == "send" and _owner(node.value) in _OWNERS
        holds = node.attr in _HOLDS and _owner(node.value) in _HOLDERS
        if _NAMES.search(node.attr) or sends or holds:
            yield node.attr
    elif isinstance(node, ast.Name | ast.FunctionDef):
        name = node.id if isinstance(node, ast.Name) else node.name
        if _NAMES.search(name):
            yield name
    elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        if _TEXTS.search(text) or _MODULES.fullmatch(text):
            yield text


def _owner(node: ast.expr) -> str:
    """Return the last name in `a.b.drafts()` or `a.b.drafts`."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def ways_to_send(path: Path) -> list[str]:
    """Return what in a file of the sources could send mail and is not granted to it."""
    granted = _GRANTED.get(str(path.relative_to(ROOT)), ())
    return [one for one in findings(path.read_text(encoding="utf-8")) if one.partition(": ")[2] not in granted]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_in_it_can_send(path: Path) -> None:
    assert ways_to_send(path) == []


def test_the_right_to_everything_is_asked_for_in_one_place_only() -> None:
    for path in _GRANTED:
        assert any(one.endswith(IMAP_SCOPE) for one in findings((ROOT / path).read_text(encoding="utf-8"))), path


def test_all_three_packages_are_looked_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == {"watcher", "connectors", "rules"}
    assert Path(__file__).parents[2] / "connectors" / "guard.py" in SOURCES


@pytest.mark.parametrize(
    "source",
    [
        "import smtplib",
        "import aiosmtplib as mail",
        "from smtplib import SMTP",
        "import importlib; importlib.import_module('smtplib')",
        "server.sendmail(a, b, c)",
        "server.send_message(m)",
        "service.users().drafts().send(userId='me', body={}).execute()",
        "service.users().messages().send(userId='me', body={})",
        "self.service.drafts.send(userId='me', body={})",
        "service.messages.insert(userId='me', body=body)",
        "service.users().messages().import_(userId='me', body=body)",
        "service.messages.trash(userId='me', id=ref)",
        "service.messages.delete(userId='me', id=ref)",
        "service.messages.batchDelete(userId='me', body={'ids': refs})",
        "service.users().threads().delete(userId='me', id=thread)",
        "UNITS = {'gmail.users.messages.send': 100}",
        "UNITS = {'gmail.users.messages.trash': 20}",
        "client.post('/me/sendMail', json=body)",
        "client.post(f'/me/messages/{ref}/send')",
        "client.post(f'{base}/messages/{ref}/reply')",
        "client.post(base + '/send')",
        "client.post('https://graph.microsoft.com/v1.0/me/messages/AA/forward')",
        "SCOPES = ['https://www.googleapis.com/auth/gmail.send']",
        "SCOPES = ['Mail.Send', 'Mail.ReadWrite']",
        "SCOPES = ['https://mail.google.com/']",
        "subprocess.run(['/usr/sbin/sendmail', '-t'])",
        "subprocess.run(['sendmail', '-t'])",
        "url = 'smtps://mail.example:465'",
        "USING = 'urn:ietf:params:jmap:submission'",
        "def send_draft(ref): ...",
        "call('EmailSubmission/set')",
    ],
)
def test_every_known_way_to_send_is_noticed(source: str) -> None:
    assert findings(source) != []


@pytest.mark.parametrize(
    "source",
    [
        '"""Nothing here calls sendmail or smtplib."""',
        "self._writer.send(b'!')",
        "sent = folder.sent",
        "text = 'Send your answer to us; the draft is ready to send.'",
        "connection.sock.sendall(data)",
        "service.drafts.delete(userId='me', id=ref)",
        "UNITS = {'gmail.users.drafts.delete': 10}",
    ],
)
def test_what_does_not_send_is_left_alone(source: str) -> None:
    assert findings(source) == []


def test_no_method_of_gmail_can_be_called_that_sends_or_moves_mail() -> None:
    """Each call is looked up in a table before it goes out; all else that the service describes is refused."""
    described = json.loads(_DESCRIPTION.read_text(encoding="utf-8"))
    known = {method["id"] for method in _methods(described)}
    may = {
        "gmail.users.drafts.create", "gmail.users.drafts.delete", "gmail.users.drafts.get", "gmail.users.drafts.list",
        "gmail.users.drafts.update", "gmail.users.getProfile", "gmail.users.history.list", "gmail.users.labels.create",
        "gmail.users.labels.delete", "gmail.users.labels.list", "gmail.users.messages.attachments.get",
        "gmail.users.messages.batchModify", "gmail.users.messages.get", "gmail.users.messages.list",
        "gmail.users.messages.modify",
    }  # fmt: skip
    called = set()
    for method in known:
        with suppress(ValueError):
            units_of(method)
            called.add(method)

    assert called == may
    assert {"gmail.users.messages.send", "gmail.users.drafts.send"} <= known


def _methods(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)
