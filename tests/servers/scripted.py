"""A small IMAP server in a thread, whose every answer a test may replace: for oddities that no real server at hand has.

    with Scripted() as server:
        server.put("INBOX", raw)
        server.reply(rb"UID SEARCH", b"{tag} NO [SERVERBUG] not today")     # replaces what it would have said
        ... a connector works against server.port ...
        assert any(b"EXPUNGE" in line for line in server.heard)

It speaks what the connector needs of RFC 3501, nothing more; it keeps its folders in memory.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

__all__ = ["BASIC", "Mail", "Scripted"]

BASIC = b"IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE UNSELECT IDLE"
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")


@dataclass
class Mail:
    """One message."""

    uid: int
    raw: bytes
    flags: set[bytes] = field(default_factory=set)
    date: bytes = b" 4-Mar-2025 09:00:00 +0000"


@dataclass
class Folder:
    """One folder."""

    attributes: bytes = b""
    uidvalidity: int = 7
    uidnext: int = 1
    mails: list[Mail] = field(default_factory=list)


class Scripted:
    """The server; `heard` has every command line, literals left out."""

    def __init__(self, capabilities: bytes = BASIC, folders: dict[str, bytes] | None = None) -> None:
        """Listen on a free port of loopback. `folders` are names as they go over the wire, with their attributes."""
        self.capabilities = capabilities
        self.greeting = b"* OK ready"
        self.challenge = b""
        """What is sent after the first word of a sign-in, which is then refused (base64)."""
        marked = {"INBOX": b"", "Drafts": rb"\Drafts", "Sent": rb"\Sent", "Trash": rb"\Trash"}
        self.folders = {name: Folder(attributes) for name, attributes in (folders or marked).items()}
        self.heard: list[bytes] = []
        self.connections = 0
        self.lock = threading.Lock()
        self._replies: list[tuple[re.Pattern[bytes], tuple[bytes, ...] | Callable[[bytes], Sequence[bytes]], list[int]]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection and wait for the threads."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)

    def put(self, folder: str, raw: bytes, *flags: bytes, date: bytes = Mail.date) -> Mail:
        """Add a message to a folder."""
        box = self.folders[folder]
        mail = Mail(box.uidnext, raw, set(flags), date)
        box.uidnext += 1
        box.mails.append(mail)
        return mail

    def reply(self, command: bytes, *lines: bytes | Callable[[bytes], Sequence[bytes]], times: int = 1_000_000) -> None:
        """Answer commands that match the regular expression with these lines; `{tag}` in them becomes the tag.

        A line `CLOSE` closes the connection there; a function gets the command and returns the lines.
        """
        answer = lines[0] if lines and callable(lines[0]) else tuple(line for line in lines if isinstance(line, bytes))
        self._replies.append((re.compile(command, re.IGNORECASE), answer, [times]))

    # -- serving

    def _start(self, work: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(sock)
            self.connections += 1
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        session = _Session(self, sock)
        try:
            session.run()
        except (OSError, ValueError):
            return
        finally:
            session.file.close()

    def override(self, command: bytes) -> Sequence[bytes] | None:
        """Return the lines that a test has set for this command."""
        with self.lock:
            for pattern, answer, times in reversed(self._replies):
                if times[0] > 0 and pattern.search(command):
                    times[0] -= 1
                    return answer(command) if callable(answer) else answer
        return None


class _Session:
    """One connection."""

    def __init__(self, server: Scripted, sock: socket.socket) -> None:
        self.server = server
        self.sock = sock
        self.file = sock.makefile("rb")
        self.selected = ""

    def send(self, *lines: bytes) -> None:
        self.sock.sendall(b"".join(line + b"\r\n" for line in lines))

    def run(self) -> None:
        self.send(self.server.greeting)
        if self.server.greeting.startswith(b"* BYE"):
            self.sock.shutdown(socket.SHUT_RDWR)
            return
        while True:
            line, literals = self._command()
            if not line:
                return
            tag, _, command = line.partition(b" ")
            self.server.heard.append(command)
            lines = self.server.override(command)
            if lines is None:
                with self.server.lock:
                    lines = list(self._answer(command, literals))
            for one in lines:
                if one == b"CLOSE":
                    self.sock.shutdown(socket.SHUT_RDWR)
                    return
                self.send(one.replace(b"{tag}", tag))
            if command.upper().startswith(b"LOGOUT"):
                return

    def _command(self) -> tuple[bytes, list[bytes]]:
        literals: list[bytes] = []
        line = b""
        while True:
            part = self.file.readline().removesuffix(b"\n").removesuffix(b"\r")
            if not part and not line:
                return b"", []
            found = _LITERAL.search(part)
            if found is None:
                return line + part, literals
            refused = self.server.override(b"LITERAL " + part)
            if refused is not None:
                self.send(*(one.replace(b"{tag}", (line + part).partition(b" ")[0]) for one in refused))
                return self._command()
            if not found[2]:
                self.send(b"+ go on")
            literals.append(self.file.read(int(found[1])))
            line += part[: found.start()] + b"{}"

    def _answer(self, command: bytes, literals: list[bytes]) -> Iterator[bytes]:
        words = command.split()
        if not words:
            yield b"* BAD no command"
            return
        uid = words[0].upper() == b"UID"
        verb = words[1 if uid else 0].upper().decode()
        rest = command.split(b" ", 2 if uid else 1)[-1] if len(words) > 1 else b""
        work = getattr(self, f"_on_{verb.lower()}", None)
        if work is None:
            yield b"{tag} BAD unknown command"
            return
        yield from work(rest, literals)

    # -- commands

    def _on_capability(self, _: bytes, __: list[bytes]) -> Iterator[bytes]:
        yield b"* CAPABILITY " + self.server.capabilities
        yield b"{tag} OK done"

    def _on_noop(self, _: bytes, __: list[bytes]) -> Iterator[bytes]:
        yield b"{tag} OK done"

    _on_login = _on_noop

    def _on_unselect(self, _: bytes, __: list[bytes]) -> Iterator[bytes]:
        self.selected = ""
        yield b"{tag} OK done"

    _on_close = _on_unselect

    def _on_logout(self, _: bytes, __: list[bytes]) -> Iterator[bytes]:
        yield b"* BYE"
        yield b"{tag} OK done"

    def _on_authenticate(self, _: bytes, __: list[bytes]) -> Iterator[bytes]:
        self.send(b"+ ")
        self.server.heard.append(b"SASL " + self.file.readline().strip())
        if self.server.challenge:
            self.send(b"+ " + self.server.challenge)
            self.server.heard.append(b"SASL " + self.file.readline().strip())
            yield b"{tag} NO [AUTHENTICATIONFAILED] refused"
            return
        yield b"{tag} OK done"

    def _on_idle(self, _: bytes, __: list[bytes]) -> Iterator[bytes]:
        self.send(b"+ idling")
        self.file.readline()
        yield b"{tag} OK done"

    def _on_list(self, _: bytes, __: list[bytes]) -> Iterator[bytes]:
        for name, folder in self.server.folders.items():
            yield b'* LIST (%s) "/" "%s"' % (folder.attributes, name.encode())
        yield b"{tag} OK done"

    def _folder(self, argument: bytes) -> Folder | None:
        name = argument.strip().split(b" (")[0].strip(b'"').decode()
        return self.server.folders.get(name)

    def _on_select(self, rest: bytes, __: list[bytes]) -> Iterator[bytes]:
        folder = self._folder(rest)
        if folder is None:
            yield b"{tag} NO [NONEXISTENT] no such folder"
            return
        self.selected = rest.split(b" (")[0].strip(b'"').decode()
        yield rb"* FLAGS (\Answered \Flagged \Deleted \Seen \Draft)"
        yield rb"* OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft)] flags"
        yield b"* %d EXISTS" % len(folder.mails)
        yield b"* 0 RECENT"
        yield b"* OK [UIDVALIDITY %d] valid" % folder.uidvalidity
        yield b"* OK [UIDNEXT %d] next" % folder.uidnext
        yield b"{tag} OK done"

    _on_examine = _on_select

    def _on_status(self, rest: bytes, __: list[bytes]) -> Iterator[bytes]:
        folder = self._folder(rest)
        if folder is None:
            yield b"{tag} NO [NONEXISTENT] no such folder"
            return
        name = rest.split(b" (")[0]
        known = (name, len(folder.mails), folder.uidnext, folder.uidvalidity)
        yield b"* STATUS %s (MESSAGES %d UIDNEXT %d UIDVALIDITY %d)" % known
        yield b"{tag} OK done"

    def _mails(self) -> list[Mail]:
        return self.server.folders[self.selected].mails

    def _named(self, uid_set: bytes) -> list[Mail]:
        top = max((mail.uid for mail in self._mails()), default=0)
        found: list[Mail] = []
        for part in uid_set.split(b","):
            low, _, high = part.partition(b":")
            ends = sorted(top if end == b"*" else int(end) for end in (low, high or low))
            found += [mail for mail in self._mails() if ends[0] <= mail.uid <= ends[1]]
        return found

    def _on_search(self, rest: bytes, __: list[bytes]) -> Iterator[bytes]:
        found = self._mails()
        uids = re.match(rb"UID (\S+)", rest)
        if uids:
            found = self._named(uids[1])
        header = re.search(rb'HEADER (\S+) "([^"]*)"', rest)
        if header:
            found = [mail for mail in found if header[2] in mail.raw.partition(b"\r\n\r\n")[0]]
        to = re.search(rb'\bTO "([^"]*)"', rest)
        if to:
            found = [mail for mail in found if to[1] in mail.raw]
        if rest.startswith(b"DELETED"):
            found = [mail for mail in found if rb"\Deleted" in mail.flags]
        yield b"* SEARCH" + b"".join(b" %d" % mail.uid for mail in found)
        yield b"{tag} OK done"

    def _on_fetch(self, rest: bytes, __: list[bytes]) -> Iterator[bytes]:
        uid_set, _, items = rest.partition(b" ")
        for mail in self._named(uid_set) if self.selected else []:
            number = self._mails().index(mail) + 1
            yield b"* %d FETCH (%s)" % (number, b" ".join(_items(mail, items)))
        yield b"{tag} OK done"

    def _on_append(self, rest: bytes, literals: list[bytes]) -> Iterator[bytes]:
        name = rest.partition(b" ")[0].strip(b'"').decode()
        folder = self.server.folders.get(name)
        if folder is None:
            yield b"{tag} NO [TRYCREATE] no such folder"
            return
        flags = re.search(rb"\(([^)]*)\)", rest)
        mail = self.server.put(name, literals[0], *(flags[1].split() if flags else []))
        if b"UIDPLUS" in self.server.capabilities:
            yield b"{tag} OK [APPENDUID %d %d] done" % (folder.uidvalidity, mail.uid)
        else:
            yield b"{tag} OK done"

    def _on_store(self, rest: bytes, __: list[bytes]) -> Iterator[bytes]:
        uid_set, _, what = rest.partition(b" ")
        flags = re.search(rb"\(([^)]*)\)", what)
        for mail in self._named(uid_set):
            mail.flags.update(flags[1].split() if flags else [])
        yield b"{tag} OK done"

    def _on_expunge(self, rest: bytes, __: list[bytes]) -> Iterator[bytes]:
        named = self._named(rest) if rest and not rest.upper().startswith(b"EXPUNGE") else self._mails()
        for mail in [mail for mail in named if rb"\Deleted" in mail.flags]:
            self._mails().remove(mail)
        yield b"{tag} OK done"

    def _on_move(self, rest: bytes, __: list[bytes]) -> Iterator[bytes]:
        uid_set, _, target = rest.partition(b" ")
        for mail in self._named(uid_set):
            self.server.put(target.strip(b'"').decode(), mail.raw, *mail.flags)
            self._mails().remove(mail)
        yield b"{tag} OK done"


def _items(mail: Mail, items: bytes) -> Iterator[bytes]:
    header, _, body = mail.raw.partition(b"\r\n\r\n")
    wanted = items.upper()
    yield b"UID %d" % mail.uid
    if b"FLAGS" in wanted:
        yield b"FLAGS (%s)" % b" ".join(sorted(mail.flags))
    if b"INTERNALDATE" in wanted:
        yield b'INTERNALDATE "%s"' % mail.date
    if b"RFC822.SIZE" in wanted:
        yield b"RFC822.SIZE %d" % len(mail.raw)
    if b"BODYSTRUCTURE" in wanted:
        known = (len(body), body.count(b"\n"))
        yield b'BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" %d %d NIL NIL NIL)' % known
    if b"X-GM-THRID" in wanted:
        yield b"X-GM-THRID 1278455344230334865"
    for name in re.findall(rb"BODY\.PEEK\[([^\]]*)\]", wanted):
        text = mail.raw if not name else header + b"\r\n\r\n" if name.startswith(b"HEADER") else body
        yield b"BODY[%s] {%d}\r\n%s" % (name, len(text), text)
