"""The mail kept apart is well-formed: what is measured with it is the detector, not a slip of the pen."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from rules.classify.types import Kind
from rules.extract.types import PromiseClass

_HELD = Path(__file__).parent / "held"
_SIZES = {"en": 90, "de": 90, "fr": 90, "es": 90, "nl": 30, "pt": 30, "it": 30}
_NEEDED = ("id", "source", "kind", "from", "subject", "body", "date", "label", "audience")
_ALLOWED = {*_NEEDED, "alt_label", "html", "headers", "ics", "fields"}
_FIELDS = {"company", "role", "interviewers", "interview_at", "interview_end", "deadline", "return_date"}


def _rows(language: str) -> list[dict[str, Any]]:
    lines = (_HELD / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(("language", "size"), _SIZES.items())
def test_a_language_has_its_number_of_mails_and_every_kind_and_more_than_a_third_is_noise(language: str, size: int) -> None:
    labels = Counter(row["label"] for row in _rows(language))
    assert labels.total() == size
    assert set(labels) == {kind.value for kind in Kind}
    assert labels["noise"] >= 0.35 * size


def test_no_two_mails_share_a_name_or_their_words() -> None:
    rows = list(chain.from_iterable(map(_rows, _SIZES)))
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({(row["from"], row["subject"], row["body"], row.get("html")) for row in rows}) == len(rows)


@pytest.mark.parametrize("language", _SIZES)
def test_a_mail_says_what_it_has_to_and_nothing_unknown(language: str) -> None:
    for row in _rows(language):
        assert set(_NEEDED) <= set(row) <= _ALLOWED, row["id"]
        assert row["id"].startswith(f"held-{language}-")
        assert row["body"].strip() or row["html"].strip(), row["id"]
        assert {row["label"], row.get("alt_label", row["label"])} <= {kind.value for kind in Kind}, row["id"]
        assert row["audience"] == ("other" if row["label"] == "noise" else "candidate"), row["id"]
        assert datetime.fromisoformat(row["date"]).tzinfo is not None, row["id"]
        assert all(isinstance(value, str) for value in row.get("headers", {}).values()), row["id"]


@pytest.mark.parametrize("language", _SIZES)
def test_the_fields_are_of_their_form_and_noise_has_none(language: str) -> None:
    for row in _rows(language):
        fields = row.get("fields", {})
        assert set(fields) <= (set() if row["label"] == "noise" else _FIELDS), row["id"]
        times = [datetime.fromisoformat(fields[name]) for name in ("interview_at", "interview_end") if name in fields]
        assert all(time.tzinfo is not None for time in times), row["id"]
        assert sorted([datetime.fromisoformat(row["date"]), *times])[1:] == times, row["id"]
        assert all(person["name"] for person in fields.get("interviewers", ())), row["id"]
        assert date.fromisoformat(fields.get("return_date", row["date"][:10])) >= date.fromisoformat(row["date"][:10]), row["id"]


@pytest.mark.parametrize("language", _SIZES)
def test_a_promise_has_a_class_and_a_day_that_lies_ahead(language: str) -> None:
    for row in _rows(language):
        deadline = row.get("fields", {}).get("deadline", {"class": "vague"})
        assert PromiseClass(deadline["class"])
        assert date.fromisoformat(deadline.get("date", "9999-12-31")) > date.fromisoformat(row["date"][:10]), row["id"]


@pytest.mark.parametrize("language", _SIZES)
def test_a_calendar_part_is_whole_and_its_lines_end_as_they_must(language: str) -> None:
    parts = [row["ics"] for row in _rows(language) if "ics" in row]
    assert parts
    for part in parts:
        lines = part.split("\r\n")
        assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
        assert not any("\n" in line for line in lines)
        assert (
            Counter(line.partition(":")[0] for line in lines)["BEGIN"] == Counter(line.partition(":")[0] for line in lines)["END"]
        )
