"""The program is killed while it works, and its disk fails; what is left is what a pass leaves that nobody disturbs.

A pass of the real program is killed by SIGKILL as it enters a system call (strace), on files, on Dovecot, at Gmail and at
Outlook. Then it is made once more, and must bring everything to the end that it would have come to: each draft once, nothing
stale, nothing of the user's touched, each line of the log once. A further pass must change nothing. `make crash` kills at every
call; here at those that `sampled`, `thinned`, `telling` and `changing` of `tests.crash.points` pick.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from tests.crash.files import Files, Server
from tests.crash.gmail import Gmail
from tests.crash.outlook import Outlook, bare
from tests.crash.points import Bench, benches, changing, fail_each, kill_each, sampled, telling, thinned
from tests.crash.program import Call
from tests.crash.scenarios import SCENARIOS, Scenario
from tests.servers.dovecot import Dovecot

Tell = Callable[[str, object], None]
WORKERS = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2
"""pytest-xdist keeps the other core busy."""
NAMES = [scenario.name for scenario in SCENARIOS]
_ANEW = ("three notes worded anew", "three notes written anew from a form")
"""Long, and alike in what they write: one on files, one on Dovecot, at fewer calls. `make crash`: both on both, at all."""
NOTES = SCENARIOS[1]
WRITING = SCENARIOS[1:4]
"""The passes that write and take back answers to mail."""


@pytest.fixture(scope="module")
def on_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Bench]]:
    with benches(tmp_path_factory.mktemp("files"), [Files()] * WORKERS) as workers:
        yield workers


@pytest.fixture(scope="module")
def on_dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Bench]]:
    with (
        Dovecot(tmp_path_factory.mktemp("dovecot")) as dovecot,
        benches(tmp_path_factory.mktemp("server"), [Server(dovecot.imap, dovecot.maildir("x").parent)] * WORKERS) as workers,
    ):
        yield workers


@pytest.fixture(scope="module")
def on_gmail(on_files: list[Bench], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Bench]]:
    """Use the programs that are held ready for files: the first seconds of one are long."""
    folder = tmp_path_factory.mktemp("gmail")
    with ExitStack() as services:
        yield [
            Bench(folder / f"gmail{number}", bench.program, services.enter_context(Gmail()))
            for number, bench in enumerate(on_files)
        ]


@pytest.fixture(scope="module")
def at_outlook(on_files: list[Bench], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Bench]]:
    """Use those programs, too."""
    folder = tmp_path_factory.mktemp("outlook")
    with ExitStack() as services:
        yield [
            Bench(folder / f"outlook{number}", bench.program, services.enter_context(Outlook()))
            for number, bench in enumerate(on_files)
        ]


@pytest.fixture(scope="module")
def at_bare_outlook(on_files: list[Bench], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Bench]]:
    """Write to a service that takes nothing with a reply: it takes two requests, and a reply without a mark stands in between."""
    folder = tmp_path_factory.mktemp("bare")
    with ExitStack() as services:
        yield [
            Bench(folder / f"bare{number}", bench.program, services.enter_context(Outlook(bare)))
            for number, bench in enumerate(on_files)
        ]


def kill_at_all(
    workers: list[Bench], scenario: Scenario, where: str, tell: Tell, choose: Callable[[Sequence[Call]], list[Call]] = sampled
) -> None:
    calls = workers[0].prepare(scenario).calls
    chosen = choose(calls)
    results = kill_each(workers, [(scenario, call) for call in chosen])

    tell("told", f"{where}, {scenario.name}: killed at {len(results)} of {len(calls)} system calls")
    assert not [str(result) for result in results if result.problems]
    assert len(chosen) > (20 if choose is sampled else 0)


@pytest.mark.xdist_group("crash-files")
@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.name != _ANEW[1]], ids=lambda one: one.name)
def test_killed_at_its_system_calls_over_files_it_resumes_to_the_same_end(
    on_files: list[Bench], scenario: Scenario, record_property: Tell
) -> None:
    kill_at_all(on_files, scenario, "files", record_property, thinned if scenario.name in _ANEW else sampled)


@pytest.mark.xdist_group("crash-dovecot")
@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.name != _ANEW[0]], ids=lambda one: one.name)
def test_killed_at_its_system_calls_over_dovecot_it_resumes_to_the_same_end(
    on_dovecot: list[Bench], scenario: Scenario, record_property: Tell
) -> None:
    kill_at_all(on_dovecot, scenario, "Dovecot", record_property, thinned if scenario.name in _ANEW else sampled)


@pytest.mark.xdist_group("crash-files")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=NAMES)
def test_killed_at_its_system_calls_over_gmail_it_resumes_to_the_same_end(
    on_gmail: list[Bench], scenario: Scenario, record_property: Tell
) -> None:
    """A pass takes longer there: it is killed where the mailbox changes. The writes of the store are those of the other two."""
    kill_at_all(on_gmail, scenario, "Gmail", record_property, telling)


@pytest.mark.xdist_group("crash-files")
@pytest.mark.parametrize("scenario", WRITING, ids=lambda one: one.name)
def test_killed_where_it_changes_mail_at_outlook_it_resumes_to_the_same_end(
    at_outlook: list[Bench], scenario: Scenario, record_property: Tell
) -> None:
    """Nor does what is answered count as read."""
    kill_at_all(at_outlook, scenario, "Outlook", record_property, changing)


@pytest.mark.xdist_group("crash-files")
def test_killed_between_a_reply_and_what_stands_in_it_no_unmarked_reply_is_left(
    at_bare_outlook: list[Bench], record_property: Tell
) -> None:
    kill_at_all(at_bare_outlook, NOTES, "Outlook that takes nothing with a reply", record_property, changing)


@pytest.mark.xdist_group("crash-files")
@pytest.mark.parametrize(("name", "error", "on"), [("pwrite64", "ENOSPC", True), ("fdatasync", "EIO", False)])
def test_a_disk_that_fails_is_told_clearly_and_nothing_is_lost(
    on_files: list[Bench], name: str, error: str, on: bool, record_property: Tell
) -> None:
    """From the n-th write on the disk is full; the n-th sync fails. Exit code 6 is documented: a file cannot be written."""
    calls = [call for call in sampled(on_files[0].prepare(NOTES).calls) if call.name == name]
    results = fail_each(on_files, [(NOTES, call) for call in calls], error, on=on)

    assert not [str(result) for result in results if result.problems]
    record_property(
        "told",
        f"files, {error} from {name} at {len(results)} calls: {sum(result.code == 6 for result in results)} ended the pass",
    )
    assert len([result for result in results if result.code == 6]) > 5


@pytest.mark.xdist_group("crash-files")
def test_the_harness_sees_what_a_pass_leaves_undone(on_files: list[Bench]) -> None:
    """Killed before its first write and not resumed, the pass leaves differences: the comparison can fail."""
    bench = on_files[0]
    prepared = bench.prepare(NOTES)
    world = bench.fresh(prepared)
    first = next(call for call in prepared.calls if call.name == "link")

    assert bench.program.kill_at(Call("link", first.number), world.arguments(prepared.now)).killed
    assert any(line.startswith("drafts: missing") for line in prepared.expected.differences(world.standing()))


@pytest.mark.xdist_group("crash-files")
def test_the_harness_sees_what_a_pass_at_gmail_leaves_undone(on_gmail: list[Bench]) -> None:
    """Killed behind its last draft and not resumed, it leaves mail without its label, and drafts that are not written down."""
    bench = on_gmail[0]
    prepared = bench.prepare(NOTES)
    world = bench.fresh(prepared)
    create = max(call.number for call in prepared.calls if "POST /gmail/v1/users/me/drafts" in call.what)
    behind = Call("sendto", create + 2)  # its body comes between

    assert bench.program.kill_at(behind, world.arguments(prepared.now)).killed
    bench.place.rest()
    told = prepared.expected.differences(world.standing())
    assert not [line for line in told if line.startswith("drafts:")]
    assert any(line.startswith("users: missing") and "Hearback/Draft ready" in line for line in told)
    assert any(line.startswith("outbox: missing") for line in told)


@pytest.mark.xdist_group("crash-files")
def test_the_harness_sees_what_a_pass_at_outlook_leaves_undone(at_bare_outlook: list[Bench]) -> None:
    """Killed behind its first reply and not resumed, it leaves one that is not marked, and drafts that are missing."""
    bench = at_bare_outlook[0]
    prepared = bench.prepare(NOTES)
    world = bench.fresh(prepared)
    reply = min(call.number for call in prepared.calls if call.name == "sendto" and "createReply" in call.what)

    assert bench.program.kill_at(Call("sendto", reply + 1), world.arguments(prepared.now)).killed
    bench.place.rest()
    told = prepared.expected.differences(world.standing())
    assert len([line for line in told if line.startswith("drafts: missing")]) == len(prepared.expected.drafts)
    assert any(line.startswith("users: too many") and "Drafts" in line for line in told)
    assert any(line.startswith("outbox: missing") for line in told)
