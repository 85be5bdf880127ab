"""What goes wrong on the fake when it is told to, and batches, whose parts go wrong one by one."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from googleapiclient.errors import HttpError

from tests.connectors.letters import draft, draft_bytes, letter
from tests.servers.gmail import FakeGmail
from tests.servers.gmail_client import Client, refresh, refused

SAM = "sam@example.com"


@pytest.fixture
def fake() -> Iterator[FakeGmail]:
    with FakeGmail() as server:
        yield server


@pytest.fixture
def client(fake: FakeGmail) -> Iterator[Client]:
    asked = Client(fake.url, fake.credentials(SAM))
    yield asked
    asked.close()


def wait_for(done: Callable[[], bool]) -> None:
    """Return when it is so; a server's thread has it in hand."""
    pause = threading.Event()
    assert any(done() or pause.wait(0.01) for _ in range(1000))


def profile(client: Client) -> object:
    return client.users.getProfile(userId="me").execute()


def test_a_method_fails_as_often_as_it_was_told_and_others_do_not(fake: FakeGmail, client: Client) -> None:
    fake.fail("getProfile", 429, times=2, retry_after=7)
    client.users.labels().list(userId="me").execute()
    with pytest.raises(HttpError) as caught:
        profile(client)

    assert caught.value.resp["retry-after"] == "7"
    assert refused(lambda: profile(client)) == (429, "rateLimitExceeded")
    assert profile(client)
    assert fake.violations == []


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (403, "userRateLimitExceeded", "userRateLimitExceeded"),
        (403, "rateLimitExceeded", "rateLimitExceeded"),
        (403, "accessNotConfigured", "accessNotConfigured"),
        (403, "domainPolicy", "domainPolicy"),
        (500, "", "backendError"),
        (503, "", "backendError"),
        (404, "", "notFound"),
        (401, "", "authError"),
    ],
)
def test_an_error_has_the_reason_that_its_page_tells(
    fake: FakeGmail, client: Client, status: int, reason: str, expected: str
) -> None:
    fake.fail("*", status, times=None, reason=reason)

    assert refused(lambda: profile(client)) == (status, expected)


def test_trouble_may_begin_later_come_now_and_then_or_by_chance(fake: FakeGmail, client: Client) -> None:
    def outcomes(count: int) -> list[int]:
        return [client.plain("GET", "/gmail/v1/users/me/profile")[0] for _ in range(count)]

    fake.fail("getProfile", 503, times=None, skip=2, every=3)
    assert outcomes(9) == [200, 200, 503, 200, 200, 503, 200, 200, 503]
    fake.heal()
    fake.fail("getProfile", 503, skip=1)
    assert outcomes(3) == [200, 503, 200]
    fake.heal()
    fault = fake.fail("getProfile", 503, times=None, chance=0.5)
    assert set(outcomes(30)) == {200, 503}
    assert fault.met == 30
    assert 3 < fault.struck < 27


def test_what_failed_was_not_done_unless_it_was_told_to_be(fake: FakeGmail, client: Client) -> None:
    fake.fail("drafts.create", 500)
    assert refused(lambda: client.draft(draft_bytes(draft())))[0] == 500
    assert fake.mailbox(SAM).drafts() == []
    fake.fail("drafts.create", 503, done=True)
    assert refused(lambda: client.draft(draft_bytes(draft())))[0] == 503
    assert len(fake.mailbox(SAM).drafts()) == 1


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("after", [0, 5, 60])
def test_a_connection_breaks_before_or_after_the_work_is_done(fake: FakeGmail, client: Client, done: bool, after: int) -> None:
    fake.break_off("drafts.create", times=None, done=done, after=after)
    with socket.create_connection(("127.0.0.1", fake.port), timeout=10) as line:
        body = json.dumps({"message": {"raw": "U3ViamVjdDogeA0KDQo="}})
        head = f"POST /gmail/v1/users/me/drafts HTTP/1.1\r\nAuthorization: Bearer {client.credentials.token}\r\n"
        line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        told = line.makefile("rb").read()

    assert told == b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\n"[:after]
    assert bool(fake.mailbox(SAM).drafts()) is done


def test_a_request_that_is_held_is_done_when_it_is_released_though_its_client_is_dead(fake: FakeGmail, client: Client) -> None:
    held = fake.hold("drafts.create")
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=10)
    body = json.dumps({"message": {"raw": "U3ViamVjdDogeA0KDQo="}})
    fields = {"Authorization": f"Bearer {client.credentials.token}", "Content-Type": "application/json"}
    connection.request("POST", "/gmail/v1/users/me/drafts", body, fields)
    assert held.reached.wait(10)
    connection.close()

    assert fake.mailbox(SAM).drafts() == []
    held.released.set()
    wait_for(lambda: len(fake.mailbox(SAM).drafts()) == 1)


def test_a_request_whose_client_dies_while_it_sends_is_none(fake: FakeGmail, client: Client) -> None:
    body = json.dumps({"message": {"raw": "U3ViamVjdDogeA0KDQo="}}).encode()
    head = f"POST /gmail/v1/users/me/drafts HTTP/1.1\r\nAuthorization: Bearer {client.credentials.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    for sent in range(0, len(head) + len(body), 7):
        with socket.create_connection(("127.0.0.1", fake.port), timeout=10) as line:
            line.sendall((head.encode() + body)[:sent])
            line.shutdown(socket.SHUT_WR)
            assert b"200 OK" not in line.makefile("rb").read()

    assert fake.mailbox(SAM).drafts() == []
    assert fake.violations == []


def test_a_slow_request_takes_its_time_and_is_done(fake: FakeGmail, client: Client) -> None:
    slow = fake.slow("drafts.create", 0.3)
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=10)
    body = json.dumps({"message": {"raw": "U3ViamVjdDogeA0KDQo="}})
    fields = {"Authorization": f"Bearer {client.credentials.token}", "Content-Type": "application/json"}
    connection.request("POST", "/gmail/v1/users/me/drafts", body, fields)
    connection.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()

    wait_for(lambda: len(fake.mailbox(SAM).drafts()) == 1)
    assert slow.struck == 1


def test_open_connections_can_be_cut_and_new_ones_work(fake: FakeGmail) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=10)
    connection.request("GET", "/gmail/v1/users/me/profile")
    assert connection.getresponse().read()
    held = connection.sock
    fake.cut()

    assert held.recv(1) == b""
    connection.close()
    connection.request("GET", "/gmail/v1/users/me/profile")
    assert connection.getresponse().status == 401
    connection.close()


def test_a_network_may_answer_with_its_own_page(fake: FakeGmail, client: Client) -> None:
    fake.portal("*")
    status, body = client.plain("GET", "/gmail/v1/users/me/profile")

    assert (status, body[:6]) == (200, b"<html>")
    fake.portal("*", redirect="http://portal.example/")
    assert client.plain("GET", "/gmail/v1/users/me/profile")[0] == 302
    fake.portal("token")
    fake.expire_tokens(SAM)
    with pytest.raises(TypeError):  # what the library makes of it
        profile(client)


# --- batches


def test_parts_of_a_batch_are_answered_each_for_itself(fake: FakeGmail, client: Client) -> None:
    keys = [fake.mailbox(SAM).deliver(letter(f"m{number}")) for number in range(6)]
    fake.fail("messages.get", 429, times=2, skip=1, every=2)
    get = client.users.messages().get
    found = client.batch({**{key: get(userId="me", id=key, fields="id") for key in keys}, "gone": get(userId="me", id="18aa")})

    failed = {key: error.status_code for key, error in found.items() if isinstance(error, HttpError)}
    assert failed == {keys[1]: 429, keys[3]: 429, "gone": 404}
    assert {key: found[key] for key in keys if key not in failed} == {key: {"id": key} for key in keys if key not in failed}
    assert fake.violations == []


def test_a_batch_may_write_and_its_parts_may_have_a_body(fake: FakeGmail, client: Client) -> None:
    mailbox = fake.mailbox(SAM)
    label = mailbox.make_label("Mine")
    keys = [mailbox.deliver(letter(f"m{number}")) for number in range(2)]
    modify = client.users.messages().modify
    found = client.batch({key: modify(userId="me", id=key, body={"addLabelIds": [label.id]}) for key in keys})

    assert all(label.id in found[key]["labelIds"] for key in keys)


def test_a_whole_batch_fails_for_itself_and_an_expired_token_for_all_its_parts(fake: FakeGmail, client: Client) -> None:
    key = fake.mailbox(SAM).deliver(letter("one"))
    request = client.users.messages().get(userId="me", id=key, fields="id")
    fake.fail("batch", 503)
    with pytest.raises(HttpError):
        client.batch({"a": request})
    fake.expire_tokens(SAM)
    kind = {"Content-Type": "multipart/mixed; boundary=b"}
    body = b"--b\r\nContent-Type: application/http\r\n\r\nGET /gmail/v1/users/me/profile HTTP/1.1\r\n\r\n\r\n--b--\r\n"
    assert client.plain("POST", "/batch/gmail/v1", body, kind)[0] == 401
    refresh(client.credentials)
    assert client.plain("POST", "/batch/gmail/v1", body, kind)[0] == 200
    assert client.batch({"a": request}) == {"a": {"id": key}}


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 400), (0, 400)])
def test_a_batch_has_a_hundred_parts_at_most(fake: FakeGmail, client: Client, count: int, status: int) -> None:
    part = (
        "--b\r\nContent-Type: application/http\r\nContent-ID: <x + {}>\r\n\r\nGET /gmail/v1/users/me/profile HTTP/1.1\r\n\r\n\r\n"
    )
    body = "".join(part.format(number) for number in range(count)) + "--b--\r\n"
    answer, told = client.plain("POST", "/batch/gmail/v1", body.encode(), {"Content-Type": "multipart/mixed; boundary=b"})

    assert answer == status, told
    assert told.count(b"Content-ID: <response-x + ") == (count if status == 200 else 0)
    assert len(fake.violations) == (0 if status == 200 else 1)


def test_a_part_that_is_for_another_service_is_kept(fake: FakeGmail, client: Client) -> None:
    body = b"--b\r\nContent-Type: application/http\r\n\r\nGET /calendar/v3/x HTTP/1.1\r\n\r\n\r\n--b--\r\n"
    client.plain("POST", "/batch/gmail/v1", body, {"Content-Type": "multipart/mixed; boundary=b"})

    assert fake.violations == ["batch: GET /calendar/v3/x: nothing of the service is there"]
