"""One IMAP connection: commands out, replies in, a deadline on every answer, a cap on every size (RFC 9051 section 2.2).

Two readers cannot share one socket, for each would swallow what the other waits for. So everything that is read goes through
one `Buffer`, imapclient's own reading included (see `connectors.imap.signin`).

A reply is a list of pieces: text, literal, text, literal, ..., text; most have a single piece. No piece has its CRLF.
"""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from connectors.errors import ConnectorError, Unavailable
from connectors.imap.refusal import code_of, printable, refusal

__all__ = ["LITERAL_CAP", "Answer", "Buffer", "ClosedError", "Literal", "Reply", "Wire", "quoted"]

_LOG = logging.getLogger("hearback.imap")

LITERAL_CAP = 2 << 20
"""Octets of the biggest literal that is kept; a bigger one is read past, and stands as an empty piece."""
_SKIP_CAP = 256 << 20
_LINE_CAP = 8 << 20
_PIECES_CAP = 1000
_RECV = 1 << 18
_LITERAL = re.compile(rb"~?\{(\d{1,18})\+?\}$")
_STATUS = re.compile(rb"(OK|NO|BAD|BYE|PREAUTH)\b ?(.*)", re.IGNORECASE | re.DOTALL)
_NEWS = re.compile(rb"\* (?:(\d+) (EXISTS|EXPUNGE|RECENT|FETCH)\b|(VANISHED)\b)", re.IGNORECASE)
_OWN = re.compile(rb"\* \d+ FETCH \([^\r\n]*\bUID \d", re.IGNORECASE)
"""An answer to a question of ours: we ask for UIDs always, unasked news have none."""

Reply = list[bytes]


class ClosedError(Unavailable):
    """The other side has closed the connection: the network, or a server that stumbled over what it was asked."""


class Literal(bytes):
    """An argument that must be sent as a literal."""

    __slots__ = ()


def quoted(text: bytes) -> bytes:
    """Return an argument as a quoted string, or as a literal where quoting cannot carry it."""
    if re.search(rb"[\x00-\x1f\x7f-\xff]", text):
        return Literal(text)
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


class Buffer:
    """What has arrived on a socket and was not yet read."""

    __slots__ = ("data", "pos", "sock", "where")

    def __init__(self, where: str) -> None:
        """Read nothing yet; `sock` is set once connected. `where` names the server in errors."""
        self.where = where
        self.sock: socket.socket | None = None
        self.data = b""
        self.pos = 0

    @property
    def waiting(self) -> bool:
        """Say whether something can be read without the socket becoming readable."""
        if self.pos < len(self.data):
            return True
        pending = getattr(self.sock, "pending", None)
        return bool(pending and pending())

    def more(self) -> None:
        """Read what is there, waiting for it as long as the socket's timeout. Raises Unavailable."""
        if self.sock is None:
            raise Unavailable(f"Not connected to {self.where}.")
        try:
            data = self.sock.recv(_RECV)
        except TimeoutError as error:
            raise Unavailable(f"{self.where} did not answer in time. Are you online, and is the port right?") from error
        except (OSError, ValueError) as error:
            raise ClosedError(f"The connection to {self.where} broke ({error}).") from error
        if not data:
            raise ClosedError(f"{self.where} closed the connection.")
        self.data = self.data[self.pos :] + data
        self.pos = 0

    def line(self) -> bytes:
        """Return the next line without its line end."""
        searched = self.pos
        while (end := self.data.find(b"\n", searched)) < 0:
            searched = len(self.data) - self.pos
            if searched > _LINE_CAP:
                raise Unavailable(f"{self.where} sent a line of more than {_LINE_CAP >> 20} MB; that is no IMAP server.")
            self.more()
        line = self.data[self.pos : end]
        self.pos = end + 1
        return line.removesuffix(b"\r")

    def exactly(self, size: int) -> bytes:
        """Return the next `size` octets."""
        have = len(self.data) - self.pos
        if have >= size:
            taken = self.data[self.pos : self.pos + size]
            self.pos += size
            return taken
        chunks = [self.data[self.pos :]]
        self.data, self.pos = b"", 0
        while have < size:
            self.more()
            chunks.append(self.data)
            have += len(self.data)
            self.data = b""
        last = chunks[-1]
        surplus = have - size
        if surplus:
            chunks[-1], self.data = last[:-surplus], last[-surplus:]
        return b"".join(chunks)

    def skip(self, size: int) -> None:
        """Read past `size` octets without keeping them."""
        while size:
            if self.pos == len(self.data):
                self.more()
            step = min(size, len(self.data) - self.pos)
            self.pos += step
            size -= step

    def reply(self) -> Reply:
        """Return the next reply with its literals."""
        pieces = [self.line()]
        while (found := _LITERAL.search(pieces[-1])) is not None:
            size = int(found[1])
            if size > _SKIP_CAP or len(pieces) > _PIECES_CAP:
                raise Unavailable(f"{self.where} announced a literal of {size} octets.")
            if size > LITERAL_CAP:
                self.skip(size)
                pieces.append(b"")
            else:
                pieces.append(self.exactly(size))
            pieces.append(self.line())
        return pieces


@dataclass(slots=True)
class Answer:
    """What came back for one command."""

    status: str
    """OK, NO or BAD."""
    text: bytes
    """The words behind the status, with the response code."""
    replies: list[Reply] = field(default_factory=list)
    """Untagged replies, in order."""

    @property
    def ok(self) -> bool:
        """Say whether the command was done."""
        return self.status == "OK"

    def lines(self, word: bytes) -> Iterator[Reply]:
        """Yield the untagged replies that begin with `word`."""
        head = b"* " + word + b" "
        for reply in self.replies:
            if reply[0][: len(head)].upper() == head or reply[0].upper() == head.rstrip():
                yield reply


class _RefusedEarlyError(Exception):
    """The server answered a command before it had the whole of it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Wire:
    """Commands and replies on one signed-in connection."""

    def __init__(self, buffer: Buffer, timeout: float) -> None:
        """Take over a connected buffer; `timeout` in seconds holds for every answer."""
        self.buffer = buffer
        self.where = buffer.where
        self.timeout = timeout
        self.news = False
        """Something was said of the selected folder that was not asked for."""
        self.exists: int | None = None
        self.stream: bytes | None = None
        """Tag of a command whose replies are still being read by a generator."""
        self.dead = False
        self._count = 0

    # -- sending

    def send(self, data: bytes) -> None:
        """Write octets. Raises Unavailable."""
        sock = self.buffer.sock
        if self.dead or sock is None:
            raise Unavailable(f"Not connected to {self.where}.")
        try:
            sock.settimeout(self.timeout)
            sock.sendall(data)
        except (OSError, ValueError) as error:
            self.dead = True
            raise Unavailable(f"The connection to {self.where} broke ({error}).") from error

    def tag(self) -> bytes:
        """Return the next tag."""
        self._count += 1
        return b"H%d" % self._count

    def start(self, *parts: bytes) -> bytes:
        """Send one command, waiting for the server's word before each literal; return its tag."""
        self.settle()
        tag = self.tag()
        line = tag
        for part in parts:
            if isinstance(part, Literal):
                self.send(line + b" {%d}\r\n" % len(part))
                self._continuation(tag)
                line = bytes(part)
            else:
                line += b" " + part
        self.send(line + b"\r\n")
        return tag

    def _continuation(self, tag: bytes) -> None:
        """Wait for `+`; a refusal in its place ends the command."""
        while True:
            reply = self.read()
            if reply[0].startswith(b"+"):
                return
            if reply[0].startswith(tag + b" "):
                answer = _answer(reply[0][len(tag) + 1 :], [])
                raise _RefusedEarlyError(answer)
            self.note(reply)

    # -- reading

    def read(self) -> Reply:
        """Return the next reply of any kind. Raises Unavailable; the connection is dead then."""
        try:
            return self.buffer.reply()
        except ConnectorError:
            self.dead = True
            raise

    def more(self) -> None:
        """Let more arrive in the buffer. Raises Unavailable; the connection is dead then."""
        try:
            self.buffer.more()
        except ConnectorError:
            self.dead = True
            raise

    def finish(self, tag: bytes) -> Answer:
        """Read until the tagged answer."""
        head = tag + b" "
        replies: list[Reply] = []
        while True:
            reply = self.read()
            if reply[0].startswith(head):
                return _answer(reply[0][len(head) :], replies)
            if not self.note(reply):
                replies.append(reply)

    def note(self, reply: Reply) -> bool:
        """Take notice of what the server says unasked. Return True when the reply is no untagged one."""
        first = reply[0]
        if not first.startswith(b"* "):
            return True
        head = first[2:6].upper()
        if head.startswith(b"BYE"):
            self.dead = True
            error = refusal(self.where, "connected", first[6:])
            if isinstance(error, Unavailable):
                raise error
            raise Unavailable(f"{self.where} ended the connection ({printable(first[6:])}).")
        if head.startswith((b"OK ", b"NO ")) and code_of(first[5:]) == "ALERT":
            _LOG.warning("%s wants you to know: %s", self.where, printable(first[5:]))
        found = _NEWS.match(first)
        if found is not None and not _OWN.match(first):
            self._news_of((found[2] or found[3]).upper(), int(found[1] or 0))
        return False

    def _news_of(self, word: bytes, number: int) -> None:
        if word == b"EXISTS":
            self.news = self.news or number != self.exists
            self.exists = number
        elif word != b"RECENT":
            self.news = True
            if word != b"FETCH" and self.exists is not None:
                self.exists = self.exists - 1 if word == b"EXPUNGE" else None

    # -- whole commands

    def ask(self, *parts: bytes) -> Answer:
        """Send one command and return its answer, whatever it is."""
        try:
            tag = self.start(*parts)
        except _RefusedEarlyError as refused:
            return refused.answer
        return self.finish(tag)

    def do(self, doing: str, *parts: bytes) -> Answer:
        """Send one command and return its answer; a refusal is raised as what it means."""
        answer = self.ask(*parts)
        if not answer.ok:
            raise refusal(self.where, doing, answer.text)
        return answer

    def pipeline(self, commands: Sequence[bytes]) -> list[Answer]:
        """Send commands without literals in one go, and return their answers in the order of the commands."""
        answers = dict(self.flow(commands, window=len(commands)))
        return [answers[index] for index in range(len(commands))]

    def flow(self, commands: Sequence[bytes], window: int) -> Iterator[tuple[int, Answer]]:
        """Keep up to `window` commands under way and yield (index, answer) as they are finished.

        Servers may finish them in another order (RFC 9051 section 5.5; Dovecot does): untagged replies count for the command
        that is finished next. To be read to its end: the connection is given up otherwise.
        """
        self.settle()
        under_way: dict[bytes, int] = {}
        replies: list[Reply] = []
        sent = 0
        try:
            while sent < len(commands) or under_way:
                fresh = range(sent, min(len(commands), sent + window - len(under_way)))
                tags = {self.tag(): index for index in fresh}
                if tags:
                    self.send(b"".join(b"%s %s\r\n" % (tag, commands[index]) for tag, index in tags.items()))
                    under_way |= tags
                    sent += len(tags)
                reply = self.read()
                tag, _, text = reply[0].partition(b" ")
                if tag in under_way:
                    answer, replies = _answer(text, replies), []
                    yield under_way.pop(tag), answer
                elif not self.note(reply):
                    replies.append(reply)
        finally:
            self.dead = self.dead or bool(under_way)

    def settle(self) -> None:
        """Read past what is left of a reply that a generator was reading and gave up."""
        if self.stream is not None:
            tag, self.stream = self.stream, None
            head = tag + b" "
            while not (reply := self.read())[0].startswith(head):
                self.note(reply)


def _answer(text: bytes, replies: list[Reply]) -> Answer:
    found = _STATUS.match(text)
    if found is None:
        return Answer("BAD", text, replies)
    return Answer(found[1].decode("ascii").upper(), found[2], replies)
