"""No code of ours can send: neither the verbs of any provider nor a mail transport stand anywhere in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("watcher", "connectors", "rules") for path in (ROOT / folder).rglob("*.py"))

_MODULES = re.compile(r"(?:aio)?smtplib|aiosmtpd|smtpd|twisted\.mail|email_sender|yagmail|sendgrid|mailgun|boto3|requests_mail")
_NAMES = re.compile(r"sendmail|send_?message|send_?mail|send_?draft|submit_?(?:mail|message)|EmailSubmission", re.IGNORECASE)
_OWNERS = frozenset({"drafts", "messages", "users", "message", "mail"})
"""What `.send` may not be asked of; a socket may send."""
_TEXTS = re.compile(
    r"""
    \b(?:/usr)?(?:/s?bin|/lib)/sendmail\b        # the local transport
    | \bsendmail\b | \bmsmtp\b
    | \bsmtps?://                                # a transport by its address
    | gmail\.send\b | \bMail\.Send\b             # the rights of Gmail and Graph
    | https://mail\.google\.com/(?:\s|$)         # Gmail's right to everything
    | /sendMail\b | /(?:drafts|messages)/send\b  # the calls of Graph and Gmail
    | /messages/[^/\s]*/(?:send|forward|replyAll|reply)\b | /(?:send|forward|replyAll|reply)\Z
    | jmap:submission | EmailSubmission/set      # JMAP
    """,
    re.VERBOSE,
)


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
        if _NAMES.search(node.attr) or (node.attr == "send" and _owner(node.value) in _OWNERS):
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


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_in_it_can_send(path: Path) -> None:
    assert findings(path.read_text(encoding="utf-8")) == []


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
    ],
)
def test_what_does_not_send_is_left_alone(source: str) -> None:
    assert findings(source) == []
