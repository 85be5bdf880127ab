"""The benchmarks measure what they say; no figure is judged here, for that takes a quiet machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rules.policy import load_playbook
from tests.bench import deciding, gmail, outlook
from tests.bench.firstlook import fill, learn_items, measure
from tests.bench.floor import RawClient, header_scan, round_trip
from tests.bench.lookout import Lookout
from tests.bench.online import Looks, Window
from tests.bench.report import Figure, machine, p95, table
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.xdist_group("bench")


def test_the_first_look_is_measured_beside_the_same_fetch_on_a_bare_socket(tmp_path: Path) -> None:
    with Dovecot(tmp_path / "dovecot") as server:
        boxes = fill(server, [40, 80], 0.05)
        items = learn_items(server)
        assert items.startswith(b"(UID FLAGS INTERNALDATE")
        assert items.endswith(b")")
        assert b"MESSAGE-ID" in items
        small = header_scan(server.imap, boxes.users[40], PASSWORD, ["INBOX", "Sent"], items)
        large = header_scan(server.imap, boxes.users[80], PASSWORD, ["INBOX", "Sent"], items)
        assert 40 * 300 < small.octets < large.octets < boxes.octets[80]
        with RawClient(server.imap, boxes.users[40], PASSWORD) as raw:
            assert len(round_trip(raw, 3)) == 3
            with pytest.raises(RuntimeError, match="refuses"):
                raw.command(b"EXAMINE Nowhere")
        figures = measure(server, boxes, tmp_path / "looks", rounds=1, quiet=2)
    assert [figure.what for figure in figures if figure.kept is None] == [
        "memory at its highest, 40 messages",
        "memory at its highest, 80 messages",
    ]
    assert len(figures) == 9


def test_a_first_look_at_gmail_is_measured_beside_the_same_requests_of_a_bare_client(tmp_path: Path) -> None:
    window = Window(300, 3_650, 1_825)
    figures = {figure.what: figure for figure in gmail.measure([window], tmp_path, quiet=2)}

    assert str(window) == "300 messages of 10 years, 1825 days looked at"
    first = figures[f"Gmail, {window}: first look"]
    assert first.measured.endswith("s for 150")
    assert float(first.ratio) > 0
    requests = [json.loads(line) for line in (tmp_path / "gmail0" / "requests").read_text().splitlines()]
    assert figures["  calls"].measured == str(len(requests))
    assert sum("/batch/" in uri for _, uri, _, _ in requests) >= 150 // 50
    assert figures[f"Gmail, {window}: quiet poll"].kept
    assert figures["  memory at its highest"].measured.endswith(" MB")


def test_a_first_look_at_outlook_is_measured_beside_the_same_requests_of_a_bare_client(tmp_path: Path) -> None:
    window = Window(300, 3_650, 1_825)
    figures = {figure.what: figure for figure in outlook.measure([window], tmp_path, quiet=2)}

    first = figures[f"Outlook, {window}: first look"]
    assert first.measured.endswith("s for 150")
    assert float(first.ratio) > 0
    requests = [json.loads(line) for line in (tmp_path / "outlook0" / "requests").read_text().splitlines()]
    assert figures["  calls"].measured == str(len(requests))
    assert figures["  calls"].kept
    parts = [len(json.loads(body)["requests"]) for _, uri, _, body in requests if uri.endswith("/$batch")]
    assert sum(parts) > 20
    assert max(parts) <= 20
    assert figures["  requests as the service counts"].measured == str(sum(parts) + len(requests) - len(parts))
    assert figures[f"Outlook, {window}: quiet poll"].kept
    assert figures["  memory at its highest"].measured.endswith(" MB")


def test_looks_at_the_same_mailbox_have_to_ask_for_the_same() -> None:
    look = {"new": 3, "calls": 5, "first": 2.0, "busy": 1.0}
    (first, _) = Looks([look, look], [0.5, 0.5]).first("A mailbox", 3.0)
    assert (first.ratio, first.kept) == ("4.00", False)
    with pytest.raises(AssertionError):
        _ = Looks([look, look | {"calls": 6}], [0.5, 0.5]).one


def test_the_lookout_sees_a_file_leave_but_not_change_its_flags(tmp_path: Path) -> None:
    file = tmp_path / "1.M1P1.host:2,"
    file.touch()
    with Lookout(tmp_path) as lookout:
        flagged = file.rename(tmp_path / "1.M1P1.host:2,S")
        assert lookout.gone("1.M1P1.host", 0.05) is None
        flagged.unlink()
        assert lookout.gone("1.M1P1.host", 5) is not None


def test_a_table_tells_kept_and_missed_budgets_apart() -> None:
    lines = table([Figure("one", "1 s", "0.5 s", "2.0", "<= 4", kept=True), Figure("other", "9 s", kept=False)]).splitlines()
    assert len(lines) == 4
    assert lines[2].endswith("kept")
    assert lines[3].endswith("MISSED")
    assert "Python" in machine()


@pytest.mark.parametrize(
    ("values", "expected"), [([1.0], 1.0), ([float(n) for n in range(1, 101)], 95.0), ([3.0, 1.0, 2.0], 3.0)]
)
def test_the_95th_percentile_is_of_nearest_rank(values: list[float], expected: float) -> None:
    assert p95(values) == expected


def test_what_is_decided_and_worded_is_counted_beside_its_floor() -> None:
    share, growth = deciding.measure(load_playbook("default"), few=4, many=40, rounds=1)
    assert "40 processes" in share.what
    assert " 0 drafts" not in share.what
    assert float(share.ratio) > 0
    assert growth.measured.endswith("-fold")
    assert deciding.histories(3) == deciding.histories(3)
