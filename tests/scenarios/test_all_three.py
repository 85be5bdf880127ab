"""The real daemon with an account over IMAP, one at Gmail and one at Outlook: processes that reach over them, and outages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.letters import invitation, letter
from tests.scenarios.at_outlook import Directory
from tests.scenarios.three import ADDRESSES, Three, services
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.watcher.test_daemon import eventually
from watcher.clock import SystemClock

ROOT = Path(__file__).parents[2]
NONE: dict[str, list[str]] = {"main": [], "gmail": [], "outlook": []}

pytestmark = pytest.mark.xdist_group("daemon")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


@pytest.fixture
def mine(server: Dovecot, microsoft: Directory, tmp_path: Path) -> Iterator[Three]:
    with services() as (gmail, graph):
        yield Three(tmp_path, server, gmail, graph, microsoft)


def confirmed(name: str, company: str) -> bytes:
    """Return a confirmation, sent to the address of an account, of an interview that was over an hour ago."""
    now = SystemClock().now()
    raw = invitation(now, now - timedelta(hours=2))
    return _of(company, raw).replace(b"sam@example.com", ADDRESSES[name].encode())


def asked(name: str, company: str) -> bytes:
    """Return a question of theirs, to the address of an account, that answers nothing but their own confirmation."""
    made = letter(
        "Re: Interview confirmation: Backend Engineer at Acme",
        "Hi Sam,\n\nthank you for your patience. Could you send us two references?\n\nBest wishes\nRita\n",
        SystemClock().now(),
        message_id="asked@acme.test",
        to=f"Sam Rivers <{ADDRESSES[name]}>",
        parents=["invite-1@acme.test"],
    )
    return _of(company, bytes(made))


def _of(company: str, raw: bytes) -> bytes:
    return raw.replace(b"Acme", company.encode()).replace(b"acme.test", f"{company.lower()}.test".encode())


def rita(company: str) -> str:
    """Return the address of their Rita."""
    return f"rita@{company.lower()}.test"


OPENING = """
import sys
from pathlib import Path
from watcher.accounts import build_connector
from watcher.config import load_config
from watcher.loading import load_libraries

accounts = load_config(Path(sys.argv[1])).enabled
load_libraries(accounts)
before = set(sys.modules)
for account in accounts:
    connector = build_connector(account)
    connector.open()
    connector.close()
known = {*sys.stdlib_module_names, "connectors", "rules", "watcher"}
print(*sorted(name for name in set(sys.modules) - before if name.partition(".")[0] not in known))
"""


def wake(pid: int) -> None:
    """Let every account look now."""
    os.kill(pid, signal.SIGUSR1)


def test_no_library_is_imported_by_the_threads_that_open_mailboxes(mine: Three) -> None:
    """Two threads that import parts of one library at once may each get half of it."""
    command = [sys.executable, "-c", OPENING, str(mine.config)]
    done = subprocess.run(command, env=mine.env, capture_output=True, text=True, check=False, cwd=ROOT)

    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [], "")


def test_what_a_company_writes_to_two_addresses_is_one_process(mine: Three) -> None:
    """Notes stand where they wrote to, from that address, as answers; a mail to another address takes them back."""
    roads = {"Acme": ("main", "outlook"), "Birch": ("outlook", "gmail"), "Corvo": ("gmail", "main")}
    with mine.running() as daemon:
        for company, (first, _) in roads.items():
            mine.comes(first, confirmed(first, company))
        noted = {first: [rita(company)] for company, (first, _) in roads.items()}
        eventually(lambda: mine.whom() == noted, "the notes of thanks")
        for company, (first, _) in roads.items():
            (note,) = mine.standing()[first]
            assert ADDRESSES[first] in str(note["From"])
            assert note["In-Reply-To"] == f"<invite-1@{company.lower()}.test>"
        eventually(lambda: mine.marks("gmail") == mine.marks("outlook") == {"draft ready"}, "the marks of the drafts")

        for company, (_, then) in roads.items():
            mine.comes(then, asked(then, company))
        eventually(lambda: mine.whom() == NONE, "the notes are taken back")
        eventually(lambda: mine.marks("gmail") == mine.marks("outlook") == {"paused"}, "the marks of the same processes")
        found = {one["company"]: (one["state"], one["accounts"]) for one in mine.status()["processes"]}
        assert found == {company: ("OUR_TURN", sorted(road)) for company, road in roads.items()}

        both = asked("outlook", "Birch").replace(b"asked@", b"again@")
        for name, company in (("main", "Dorn"), ("outlook", "Elmo")):
            mine.comes(name, both)
            mine.comes(name, confirmed(name, company))
        eventually(lambda: mine.whom() == {"main": [rita("Dorn")], "gmail": [], "outlook": [rita("Elmo")]}, "what came after it")
        assert mine.process_of("Birch")["accounts"] == ["gmail", "outlook"]
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
    log = mine.log.read_text()
    assert log.count("Birch: Rita Chen replied") == 2, "what comes to two mailboxes is told once"
    assert not any(word in log for word in ("Traceback", "ERROR", PASSWORD))


def test_an_outage_of_one_leaves_the_others_on_time_and_its_late_mail_is_heeded(mine: Three) -> None:
    """Outlook refuses everything, then Gmail takes every question and is silent; each time the others get their notes."""
    with mine.running() as daemon:
        eventually(lambda: len(mine.status()["accounts"]) == 3, "the first passes")
        mine.refuses("outlook")
        mine.comes("gmail", confirmed("gmail", "Acme"))
        mine.comes("main", confirmed("main", "Birch"))
        mine.comes("outlook", asked("outlook", "Acme"))
        eventually(
            lambda: mine.whom() == {"main": [rita("Birch")], "gmail": [rita("Acme")], "outlook": []}, "the notes of the others"
        )
        eventually(lambda: mine.trouble("outlook") == "unavailable", "what status tells of Outlook")
        assert mine.whom()["gmail"] == [rita("Acme")]

        mine.heals("outlook")
        wake(daemon.pid)
        eventually(lambda: mine.whom() == {"main": [rita("Birch")], "gmail": [], "outlook": []}, "the late mail is heeded")
        eventually(lambda: not mine.trouble("outlook"), "the end of the trouble")

        mine.hangs("gmail")
        mine.comes("outlook", confirmed("outlook", "Corvo"))
        mine.comes("gmail", asked("gmail", "Corvo"))
        eventually(lambda: mine.whom()["outlook"] == [rita("Corvo")], "the note at Outlook")
        mine.comes("outlook", asked("outlook", "Birch"))
        eventually(lambda: mine.whom() == {"main": [], "gmail": [], "outlook": [rita("Corvo")]}, "a note over IMAP is taken back")
        mine.heals("gmail")
        wake(daemon.pid)
        eventually(lambda: mine.whom() == NONE, "the late mail at Gmail is heeded")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
    log = mine.log.read_text()
    assert "Traceback" not in log
    assert "ERROR" not in log
