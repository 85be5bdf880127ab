"""The little server for the browser's answer: patient with browsers, deaf to everybody else, and silent."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from connectors.auth.loopback import Loopback
from tests.servers.consent import visit


class Waiting:
    """A loopback server that waits for `/?code=right`, and what it was shown."""

    def __init__(self) -> None:
        """Make it; it answers while it is entered."""
        self.seen: list[str] = []
        self.server = Loopback(self.take)

    def take(self, path: str) -> str:
        self.seen.append(path)
        return "" if path == "/?code=right" else "not <this>"

    def say(self, data: bytes) -> bytes:
        """Send octets, and return what comes back until the end."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := line.recv(65_536):
                answer += piece
        return answer


@pytest.fixture
def waiting(capfd: pytest.CaptureFixture[str]) -> Iterator[Waiting]:
    """Run one, and see that nothing was printed."""
    one = Waiting()
    with one.server:
        yield one
    assert capfd.readouterr() == ("", "")


def test_it_listens_on_this_machine_alone(waiting: Waiting) -> None:
    assert urlsplit(waiting.server.url).hostname == "127.0.0.1"
    assert waiting.server._server.socket.getsockname()[0] == "127.0.0.1"


def test_the_right_answer_is_thanked_for(waiting: Waiting) -> None:
    status, page = visit(f"{waiting.server.url}?code=right")

    assert status == 200
    assert "close this page" in page
    assert waiting.seen == ["/?code=right"]


def test_a_wrong_one_is_told_so_and_the_right_one_may_still_come(waiting: Waiting) -> None:
    status, page = visit(f"{waiting.server.url}?code=wrong")
    assert status == 400
    assert "not &lt;this&gt;" in page
    assert visit(f"{waiting.server.url}favicon.ico")[0] == 404
    assert visit(f"{waiting.server.url}?code=right")[0] == 200


def test_no_other_name_than_its_own_is_answered(waiting: Waiting) -> None:
    port = waiting.server.port
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}"):
        assert visit(f"{waiting.server.url}?code=right", host=host)[0] == 400
    assert waiting.seen == []
    assert visit(f"{waiting.server.url}?code=right", host=f"localhost:{port}")[0] == 200


def test_connections_opened_in_advance_keep_nobody_waiting(waiting: Waiting) -> None:
    ahead = [socket.create_connection(("127.0.0.1", waiting.server.port)) for _ in range(8)]
    try:
        assert visit(f"{waiting.server.url}?code=right")[0] == 200
    finally:
        for line in ahead:
            line.close()


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /?code=right HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /?code=right HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"GET http://127.0.0.1/?code=right HTTP/1.1\r\nHost: x\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_answer_of_a_browser_changes_nothing(waiting: Waiting, data: bytes) -> None:
    assert b" 200 " not in waiting.say(data).partition(b"\r\n")[0]
    assert waiting.seen == []
    assert visit(f"{waiting.server.url}?code=right")[0] == 200


def test_who_hangs_up_is_forgotten(waiting: Waiting) -> None:
    for _ in range(5):
        line = socket.create_connection(("127.0.0.1", waiting.server.port))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(b"GET /?code=wrong HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        line.close()  # with a reset
    assert visit(f"{waiting.server.url}?code=right")[0] == 200
