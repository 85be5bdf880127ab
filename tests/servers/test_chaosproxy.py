"""The proxy does what its traps say, to the byte; the server and the client of these tests are plain sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.servers.chaosproxy import Act, ChaosProxy, Way

PATIENCE = 5.0
"""Seconds after which something has not happened."""
BLINK = 0.05
"""Seconds in which something that must not happen would have happened."""
LINE = b"A7 APPEND Drafts (\\Draft \\Seen) {11}\r\n"
LITERAL = b"From: sam\r\n"


class Stage:
    """A proxy, and whoever talks through it."""

    def __init__(self) -> None:
        """Listen as the server would."""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE)
        self.proxy = ChaosProxy(self.listener.getsockname(), seed=7)
        self.opened: list[socket.socket] = []

    def pair(self) -> tuple[socket.socket, socket.socket]:
        """Return both ends of a new link: the client's and the server's."""
        client = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=PATIENCE)
        server, _ = self.listener.accept()
        server.settimeout(PATIENCE)
        self.opened += [client, server]
        return client, server


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    with stage.proxy:
        yield stage
    for one in [*stage.opened, stage.listener]:
        one.close()


def heard(one: socket.socket, count: int) -> bytes:
    """Read exactly `count` bytes."""
    data = b""
    while len(data) < count:
        more = one.recv(count - len(data))
        assert more, f"end of file after {data!r}"
        data += more
    return data


def rest(one: socket.socket) -> bytes:
    """Read to the end of file."""
    data = b""
    while more := one.recv(65_536):
        data += more
    return data


def is_silent(one: socket.socket) -> bool:
    """Say whether nothing comes for a blink, not even an end of file."""
    one.settimeout(BLINK)
    try:
        one.recv(1)
    except TimeoutError:
        return True
    else:
        return False
    finally:
        one.settimeout(PATIENCE)


def test_without_a_fault_everything_passes_and_a_half_close_is_a_half_close(stage: Stage) -> None:
    client, server = stage.pair()
    client.sendall(b"a" * 300_000)
    assert heard(server, 300_000) == b"a" * 300_000
    client.shutdown(socket.SHUT_WR)
    assert rest(server) == b""
    server.sendall(b"still here")
    server.close()
    assert rest(client) == b"still here"
    assert stage.proxy.wait_links(0, PATIENCE)
    assert stage.proxy.relayed == {Way.UP: 300_000, Way.DOWN: 10}


@pytest.mark.parametrize("k", range(len(LINE)))
def test_a_cut_lets_exactly_k_bytes_pass_behind_the_marker(stage: Stage, k: int) -> None:
    trap = stage.proxy.trap(Act.CUT, marker=rb"(?=A\d+ APPEND)", after=k)
    client, server = stage.pair()
    client.sendall(b"A6 NOOP\r\n" + LINE + LITERAL)
    assert trap.sprung.wait(PATIENCE)
    assert rest(server) == b"A6 NOOP\r\n" + LINE[:k]
    assert rest(client) == b""
    client.close()
    server.close()
    assert trap.over.wait(PATIENCE)


@pytest.mark.parametrize("split", range(1, len(LINE)))
def test_a_marker_may_be_split_between_two_reads(stage: Stage, split: int) -> None:
    trap = stage.proxy.trap(Act.CUT, marker=rb" APPEND [^\r\n]*\r\n", after=4)
    client, server = stage.pair()
    client.sendall(LINE[:split])
    assert heard(server, split) == LINE[:split]
    client.sendall(LINE[split:] + LITERAL)
    assert trap.sprung.wait(PATIENCE)
    assert rest(server) == LINE[split:] + LITERAL[:4]


@pytest.mark.parametrize("k", range(5))
def test_the_answer_can_be_cut_while_the_question_has_passed(stage: Stage, k: int) -> None:
    trap = stage.proxy.trap(Act.CUT, marker=rb"APPEND", after=k, way=Way.DOWN)
    client, server = stage.pair()
    server.sendall(b"* OK hello\r\n")
    assert heard(client, 12)
    client.sendall(LINE)
    assert heard(server, len(LINE)) == LINE
    if k:
        server.sendall(b"+ go ahead\r\n")
    assert trap.sprung.wait(PATIENCE)
    assert rest(client) == b"+ go ahead\r\n"[:k]
    assert rest(server) == b""


def test_a_counter_tells_how_long_a_dialogue_is(stage: Stage) -> None:
    trap = stage.proxy.trap(Act.COUNT, marker=rb"(?=A7)")
    client, server = stage.pair()
    client.sendall(b"A6 NOOP\r\n")
    assert heard(server, 9)
    server.sendall(b"A6 OK\r\n")
    assert heard(client, 7)
    assert not trap.seen.is_set()
    client.sendall(LINE)
    assert heard(server, len(LINE))
    server.sendall(b"+ go\r\n")
    assert heard(client, 6)
    client.sendall(LITERAL)
    assert heard(server, len(LITERAL))
    assert trap.seen.is_set()
    assert trap.matched == b""
    assert trap.counted == {Way.UP: len(LINE) + len(LITERAL), Way.DOWN: 6}


def test_a_reset_is_an_error_not_an_end(stage: Stage) -> None:
    client, server = stage.pair()
    client.sendall(b"x")
    assert heard(server, 1)
    stage.proxy.reset()
    for one in (client, server):
        with pytest.raises(ConnectionResetError):
            one.recv(1)
    assert stage.proxy.wait_links(0, PATIENCE)


def test_a_stall_keeps_the_sockets_open_and_resume_delivers_what_was_kept(stage: Stage) -> None:
    client, server = stage.pair()
    client.sendall(b"1")
    assert heard(server, 1) == b"1"
    stage.proxy.stall()
    client.sendall(b"2")
    server.sendall(b"3")
    assert is_silent(server)
    assert is_silent(client)
    fresh_client, fresh_server = stage.pair()
    fresh_client.sendall(b"new links work")
    assert heard(fresh_server, 14)
    stage.proxy.resume()
    assert heard(server, 1) == b"2"
    assert heard(client, 1) == b"3"


def test_a_stall_may_take_new_links_too(stage: Stage) -> None:
    stage.proxy.stall(new=True)
    client, server = stage.pair()
    client.sendall(b"hello")
    assert is_silent(server)
    stage.proxy.resume()
    assert heard(server, 5) == b"hello"


def test_a_stall_can_set_in_at_a_byte(stage: Stage) -> None:
    trap = stage.proxy.trap(Act.STALL, after=3)
    client, server = stage.pair()
    client.sendall(b"abcdef")
    assert trap.sprung.wait(PATIENCE)
    assert heard(server, 3) == b"abc"
    assert is_silent(server)
    stage.proxy.resume()
    assert heard(server, 3) == b"def"


def test_a_stalled_link_can_be_cut(stage: Stage) -> None:
    client, server = stage.pair()
    stage.proxy.stall()
    stage.proxy.cut()
    assert rest(client) == b""
    assert rest(server) == b""


def test_half_open_loses_one_direction_and_its_end_of_file(stage: Stage) -> None:
    client, server = stage.pair()
    stage.proxy.half_open(Way.UP)
    client.sendall(b"DONE\r\n")
    server.sendall(b"* 3 EXISTS\r\n")
    assert heard(client, 12) == b"* 3 EXISTS\r\n"
    client.shutdown(socket.SHUT_WR)
    assert is_silent(server)


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_held_append_reaches_the_server_after_its_client_is_dead(stage: Stage, end: str) -> None:
    trap = stage.proxy.hold_appends()
    client, server = stage.pair()
    client.sendall(LINE)
    assert heard(server, len(LINE)) == LINE
    server.sendall(b"+ go ahead\r\n")
    assert heard(client, 12)
    client.sendall(LITERAL + b"\r\n")
    if end == "reset":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    assert trap.sprung.wait(PATIENCE)
    assert is_silent(server)
    stage.proxy.release()
    assert rest(server) == LITERAL + b"\r\n"
    server.sendall(b"A7 OK\r\n")
    server.close()
    assert trap.over.wait(PATIENCE)


def test_a_non_synchronising_literal_is_held_as_well_and_released_by_time(stage: Stage) -> None:
    trap = stage.proxy.hold_appends(seconds=(0.05, 0.06))
    client, server = stage.pair()
    line = LINE.replace(b"}", b"+}")
    client.sendall(b"A6 NOOP\r\n" + line + LITERAL + b"\r\nA8 NOOP\r\n")
    assert heard(server, 9 + len(line)) == b"A6 NOOP\r\n" + line
    assert trap.sprung.wait(PATIENCE)
    assert heard(server, len(LITERAL) + 11) == LITERAL + b"\r\nA8 NOOP\r\n"


def test_a_trap_springs_as_often_as_it_may_and_by_chance(stage: Stage) -> None:
    always = stage.proxy.trap(Act.HOLD, marker=rb"x", times=3, seconds=(0.0, 0.0))
    never = stage.proxy.trap(Act.CUT, marker=rb"x", times=None, chance=0.0)
    client, server = stage.pair()
    client.sendall(b"axbxcxdxe")
    assert heard(server, 9) == b"axbxcxdxe"
    assert always.springs == 3
    assert never.seen.is_set()
    assert never.matched == b"x"
    assert never.springs == 0


def test_disarmed_traps_do_nothing(stage: Stage) -> None:
    client, server = stage.pair()
    stage.proxy.trap(Act.CUT, after=1)
    stage.proxy.disarm()
    client.sendall(b"abc")
    assert heard(server, 3) == b"abc"


def test_refused_links_end_at_once_and_later_ones_work(stage: Stage) -> None:
    stage.proxy.refuse()
    with socket.create_connection(("127.0.0.1", stage.proxy.port), timeout=PATIENCE) as client:
        assert rest(client) == b""
    stage.proxy.refuse(on=False)
    client, server = stage.pair()
    client.sendall(b"x")
    assert heard(server, 1) == b"x"


def test_shaping_delays_and_slows_but_loses_nothing(stage: Stage) -> None:
    stage.proxy.shape(delay=0.03, down=1_000_000)
    client, server = stage.pair()
    server.sendall(b"z" * 50_000)
    assert is_silent(server)
    assert heard(client, 50_000) == b"z" * 50_000
    server.close()
    assert rest(client) == b""


def test_a_slow_reader_does_not_make_the_proxy_hoard(stage: Stage) -> None:
    client, server = stage.pair()
    server.setblocking(False)
    sent = 0
    while True:
        try:
            sent += server.send(b"q" * 65_536)
        except BlockingIOError:
            break
        if sent > 64 << 20:
            pytest.fail("the proxy takes everything")
    server.settimeout(PATIENCE)
    server.shutdown(socket.SHUT_WR)
    assert len(rest(client)) == sent
