"""`why --draft`: each sentence with its template, its facts, and where they were said."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.console import Console

from rules.drafts.types import Traced, Unused
from rules.notes.types import Heading, Notes, Point
from tests.watcher.reporting import NOW, assessment, event, outbox_row
from watcher.history import Assessment
from watcher.report.origins import build_origins, drafts_meant, origins_view
from watcher.store.drafts import OutboxRow, RowState

POINT = Point("1.well.1", Heading.WELL, "their move to \x1b[31mKafka")
TRACE = (
    Traced("Thank you for the talk about the position at Acme.", "thank_you.toml thanks.first 3", ("mail:m1", "mail:gone")),
    Traced("Your move to Kafka stayed with me.", "thank_you.toml conversation.noun 1", ("note:1.well.1",)),
    Traced("I bring: SQL (ten years).", "thank_you.toml strength.any 2", ("profile:strengths.1",)),
)


def _row(step: str = "thank_you-1", state: RowState = RowState.PLACED) -> OutboxRow:
    row = outbox_row(state, step=step)
    unused = (Unused("note:1.well.1", "there is no room"),)
    return replace(row, draft=replace(row.draft, trace=TRACE, unused=unused))


def _found(*rows: OutboxRow) -> Assessment:
    found = assessment(None, None, *rows)
    profile = replace(found.account.profile, strengths=("SQL",), proofs=("ten years",))
    return replace(
        found,
        account=replace(found.account, profile=profile),
        process=replace(found.process, noted=(Notes(1, NOW, (POINT,)),)),
        messages=(event(),),
    )


def test_c25_every_sentence_is_told_with_its_template_and_the_words_behind_it() -> None:
    found = _found(_row())
    (told,) = build_origins(found, drafts_meant(found, None))["drafts"]
    assert [one["sentence"] for one in told["sentences"]] == [one.sentence for one in TRACE]
    assert [one["template"] for one in told["sentences"]] == [one.template for one in TRACE]
    facts = [fact for one in told["sentences"] for fact in one["facts"]]
    assert [fact["words"] for fact in facts] == ["Your interview", None, "their move to [31mKafka", "SQL (ten years)"]
    assert facts[0]["message"] == "m1"
    assert "Dana Whitfield" in facts[0]["source"]
    assert "not there any more" in facts[1]["source"]
    assert "interview 1" in facts[2]["source"]
    assert told["unused"][0]["reason"] == "there is no room"
    json.dumps(told)


def test_people_see_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    found = _found(_row())
    Console(width=100, color_system=None).print(origins_view(found, drafts_meant(found, None)))
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "thank_you.toml conversation.noun 1",
        "“their move to",
        "user.strengths",
        "there is no room",
        "stands in Drafts",
    ):
        assert words in shown, words
    assert "\x1b" not in shown


def test_a_draft_is_meant_by_key_step_or_address() -> None:
    first, second = _row(), _row("status-1.1")
    found = _found(first, second)
    assert drafts_meant(found, str(first.key)) == [first]
    assert drafts_meant(found, "STATUS-1.1") == [second]
    assert drafts_meant(found, "dana@acme.example") == [first, second]
    assert drafts_meant(found, "thank_you") == [first]
    with pytest.raises(LookupError, match=r"There are: acme-1/dana@acme\.example/thank_you-1"):
        drafts_meant(found, "gracious")


def test_without_a_key_those_that_stand_are_told() -> None:
    gone, edited = _row(state=RowState.DISCARDED), _row("status-1.1", RowState.EDITED)
    assert drafts_meant(_found(gone, edited), None) == [edited]
    with pytest.raises(LookupError, match="No draft stands"):
        drafts_meant(_found(gone), None)
