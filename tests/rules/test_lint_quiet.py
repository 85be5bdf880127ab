"""Good letters, about which the checks have nothing to say."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from rules.drafts.types import DraftKind
from rules.extract.types import Person, Promise, PromiseClass
from rules.lint.check import check
from rules.lint.context import Context
from rules.lint.settings import Settings
from rules.mail import Address
from rules.profile import Profile
from tests.rules.drafts_cases import SAM
from tests.rules.lint_cases import plain_note

LETTERS = tomllib.loads(files("tests.rules").joinpath("letters_to_send.toml").read_text(encoding="utf-8"))["letters"]
NAMES = [f"{entry['kind']} {entry['role']}" for entry in LETTERS]


def context(entry: dict[str, Any]) -> Context:
    name, email, phone = entry["user"]
    reader = Person(*entry["to"])
    promise = None
    if "promised" in entry:
        promise = Promise(PromiseClass.HARD_DATE, entry["promised_on"], entry["promised"])
    return Context(
        DraftKind(entry["kind"]),
        subject="Re: Interview",
        to=(Address(*entry["to"]),),
        recipient=reader,
        people=(reader, *(Person(*each) for each in entry.get("others", ()))),
        company=entry["company"],
        role=entry["role"],
        profile=Profile(name, email, phone),
        promise=promise,
        day=date(2026, 6, 16),
        attempt=entry.get("attempt", 1),
        settings=Settings(confidential=("Project Heron",), employer=("Globex",)),
    )


@pytest.mark.parametrize("entry", LETTERS, ids=NAMES)
def test_nothing_is_told_of_a_good_letter(entry: dict[str, Any]) -> None:
    assert check(entry["text"], context(entry)) == ()


@pytest.mark.parametrize("entry", LETTERS, ids=NAMES)
def test_nothing_is_told_of_a_good_letter_of_which_nothing_is_known(entry: dict[str, Any]) -> None:
    assert check(entry["text"], Context()) == ()


@pytest.mark.parametrize("entry", LETTERS, ids=NAMES)
def test_no_way_in_which_clients_break_and_dress_a_letter_matters(entry: dict[str, Any]) -> None:
    narrow = "\n".join(_wrapped(line) for line in entry["text"].split("\n"))
    curly = narrow.replace("'", "\u2019").replace("\n", "\r\n")
    assert check(curly, context(entry)) == ()


def _wrapped(line: str, width: int = 72) -> str:
    lines = [""]
    for word in line.split(" "):
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += f"{word} "
    return "\n".join(each.removesuffix(" ") for each in lines)


@pytest.mark.parametrize("entry", LETTERS[:1], ids=NAMES[:1])
def test_the_letters_are_looked_at(entry: dict[str, Any]) -> None:
    """What is quiet here is so for its words."""
    assert check(entry["text"].replace("candidly", "candidlly"), context(entry))
    assert check(entry["text"], replace(context(entry), recipient=Person("Ann Kay", "ann@acme.example")))


@pytest.mark.parametrize(
    "text",
    [
        "Your Next.js pages, the Node.js services and the gRPC gateway run on AWS (EKS, S3, RDS).",
        "I used kubectl, npm, numpy, sklearn, PyTorch and dbt, and wrote awk, sed and bash.",
        "Your OKRs, KPIs, NPS, ARR, MRR and CAC came up, as did R&D, M&A, P&L and D&I.",
        "I triaged patients, titrated drips and precepted nurses in the ICU.",
        "I do paediatrics, orthopaedics, anaesthetics and gynaecology.",
        "I upsold, restocked and cashed up; the lidar was deduped and versioned.",
        "Open report_v2-final.docx and Q3-plan.xlsx, or https://example.com/a/b_c?d=e.",
        "I used CRISPR, qPCR, ELISA and RNA-seq, and liked how un-siloed you are.",
        "We discussed idempotency, tokenization, overfitting and prompt engineering.",
        "Gemba walks, poka-yoke, takt time and the mise en place of your kitchen.",
    ],
)
def test_c23_words_of_work_are_right(text: str) -> None:
    assert check(plain_note(text), Context(profile=SAM)) == ()


@pytest.mark.parametrize("word", ["controled", "refered", "occured", "submited", "begining", "writed", "choosen", "interviewd"])
def test_c23_an_ending_makes_no_word_of_a_misspelled_one(word: str) -> None:
    assert [each.id for each in check(plain_note(f"I have {word} here."), Context(profile=SAM))] == ["spelling"]
