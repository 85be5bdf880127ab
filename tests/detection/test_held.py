"""The labelled mail is well-formed: what is measured with it, or learned from it, is no slip of the pen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from rules.classify.types import Kind
from rules.extract.types import PromiseClass

_HERE = Path(__file__).parent
_HELD = sorted((_HERE / "held").glob("*.jsonl"))
_ALL = [*_HELD, *sorted((_HERE / "letters").glob("*.jsonl"))]
_NEEDED = {"id", "from", "subject", "body", "label"}
_ALLOWED = {
    *_NEEDED,
    "to",
    "source",
    "kind",
    "lang",
    "date",
    "audience",
    "known",
    "zone",
    "alt_label",
    "html",
    "headers",
    "ics",
    "fields",
}
_FIELDS = {"company", "role", "interviewers", "interview_at", "interview_end", "deadline", "return_date", "start_date"}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _what(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row.get(name)) for name in ("from", "subject", "body", "html", "date"))


@pytest.mark.parametrize("path", _HELD, ids=lambda path: path.stem)
def test_mail_kept_apart_is_of_every_kind(path: Path) -> None:
    labels = Counter(row["label"] for row in _rows(path))
    assert set(labels) == {kind.value for kind in Kind}
    assert labels.total() >= 60


def test_no_two_mails_share_a_name_and_nothing_kept_apart_is_learned_from() -> None:
    held, learned = ([row for path in paths for row in _rows(path)] for paths in (_HELD, _ALL[len(_HELD) :]))
    assert len({row["id"] for row in (*held, *learned)}) == len(held) + len(learned)
    assert {_what(row) for row in held}.isdisjoint(map(_what, learned))
    texts = {row["body"].strip() for row in learned if len(row["body"]) > 80}
    assert not [row["id"] for row in held if row["body"].strip() in texts]


@pytest.mark.parametrize("path", _ALL, ids=lambda path: path.stem)
def test_a_mail_says_what_it_has_to_and_nothing_unknown(path: Path) -> None:
    for row in _rows(path):
        assert _NEEDED <= set(row) <= _ALLOWED, (row["id"], set(row) - _ALLOWED)
        assert row["body"].strip() or row.get("html", "").strip() or row.get("ics"), row["id"]
        assert {row["label"], row.get("alt_label", row["label"])} <= {kind.value for kind in Kind}, row["id"]
        assert "date" not in row or datetime.fromisoformat(row["date"]).tzinfo is not None, row["id"]
        assert all(isinstance(value, str) for value in row.get("headers", {}).values()), row["id"]


@pytest.mark.parametrize("path", _ALL, ids=lambda path: path.stem)
def test_the_fields_are_of_their_form(path: Path) -> None:
    for row in _rows(path):
        fields = row.get("fields", {})
        assert set(fields) <= _FIELDS, (row["id"], set(fields) - _FIELDS)
        times = [datetime.fromisoformat(fields[name]) for name in ("interview_at", "interview_end") if name in fields]
        assert sorted(times) == times, row["id"]
        assert all(person["name"] for person in fields.get("interviewers", ()) if isinstance(person, dict)), row["id"]
        for kind in fields.get("deadline", {"class": "vague"})["class"].split("|"):
            assert PromiseClass(kind)
        for day in (fields.get("return_date"), fields.get("deadline", {}).get("date")):
            assert day is None or date.fromisoformat(day).year >= 2026


def test_mail_is_to_reserved_domains_or_from_services_that_all_the_world_knows() -> None:
    freemail = ("@gmail.", "@outlook.com", "@hotmail.", "@gmx.", "@web.de", "@yahoo.", "@icloud.com", "@orange.fr", "@libero.it")
    for row in chain.from_iterable(map(_rows, _HELD)):
        sender = row["from"].lower()
        assert not any(mark in sender for mark in freemail) or "daemon" in sender or "postmaster" in sender, row["id"]
