"""Greeting people as they write themselves, subjects, and cleaning what others wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.drafts.clean import one_line, phrase, title
from rules.drafts.names import greeting_name
from rules.drafts.subjects import base_subject, new_subject, reply_subject
from rules.extract.types import Person


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Rita Almeida", "Rita"),
        ("  Rita \t Almeida ", "Rita"),
        ("Rita M. Almeida", "Rita"),
        ("Almeida, Rita", "Rita"),
        ("Almeida, Rita (HR)", "Rita"),
        ("Rita Almeida, PhD", "Rita"),
        ("Rita Almeida PhD", "Rita"),
        ("Zoë Ångström", "Zoë"),
        ("Anne-Marie Duval", "Anne-Marie"),
        ("Siobhán O'Neill", "Siobhán"),
        ("Иван Петров", "Иван"),
        ("Ludwig van Beek", "Ludwig"),
        ("Rita ALMEIDA", "Rita"),
        ("ALMEIDA Rita", "Rita"),
        ("Rita Almeida | Acme", "Rita"),
        ("Rita Almeida via Greenhouse", "Rita"),
        ("Rita Almeida (she/her)", "Rita"),
        ("Rita from Acme", "Rita"),
        ('Rita "Ri" Almeida', "Rita"),
        ("Rita \u2018Ri\u2019 Almeida", "Rita"),
        ("Rita \N{CHERRY BLOSSOM} Almeida", "Rita"),
        # In doubt the full name.
        ("Rita", "Rita"),
        ("Dr. Bo Li", "Dr. Bo Li"),
        ("Dr Li", "Dr Li"),
        ("J. Kay", "J. Kay"),
        ("LI Wei", "LI Wei"),
        ("Mary Ann Stone", "Mary Ann Stone"),
        ("van Beek", "van Beek"),
        ("李 波", "李 波"),
        ("김 민수", "김 민수"),
        # No name at all.
        ("", ""),
        ("rita@acme.example", ""),
        ("'rita@acme.example'", ""),
        ("rita.almeida", ""),
        ("ralmeida", ""),
        ("Acme Recruiting Team", ""),
        ("Talent Acquisition", ""),
        ("no-reply", ""),
        ("Dr.", ""),
        ("R2 D2", ""),
        ("{{ 7*7 }}", ""),
        ("Room 4, Floor 2", ""),
        ("https://acme.example", ""),
        ("One Two Three Four Five Six", ""),
        ("Rita,\r\nBcc: eve", ""),
    ],
)
def test_a_greeting_uses_the_name_its_owner_writes(name: str, greeted: str) -> None:
    assert greeting_name(Person(name, "ralmeida@acme.example")) == greeted


@given(st.text(max_size=300))
def test_a_greeting_is_letters_on_one_line_or_nothing(name: str) -> None:
    found = greeting_name(Person(name, "rita@acme.example"))
    assert len(found) <= 60
    assert not set(found) & set("@{}[]<>/\\\n\r\t0123456789,;:")


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("Interview", "Re: Interview"),
        ("Re: Interview", "Re: Interview"),
        ("RE: AW: Re[2]: WG: SV: TR: Fwd: Interview", "Re: Interview"),
        ("Re : Interview", "Re: Interview"),
        ("re:Interview", "Re: Interview"),
        ("回复\uff1a面试", "Re: 面试"),
        ("Results: your test", "Re: Results: your test"),
        ("Research: next steps", "Re: Research: next steps"),
        ("[Acme] Interview (Re: x)", "Re: [Acme] Interview (Re: x)"),
        ("{{ 7*7 }}", "Re: {{ 7*7 }}"),
        ("a\r\n b\x00c", "Re: a b c"),
        ("", ""),
        ("Re: ", ""),
    ],
)
def test_a_reply_keeps_the_subject_under_one_mark(subject: str, reply: str) -> None:
    assert reply_subject(subject) == reply


@given(st.text(max_size=600))
def test_replying_twice_changes_nothing_more(subject: str) -> None:
    once = reply_subject(subject)
    assert len(once) <= 250
    assert once.isprintable() or "\u200c" in once or "\u200d" in once
    assert base_subject(once).startswith(base_subject(subject)[:200])


def test_a_new_subject_leaves_out_what_is_unknown() -> None:
    assert new_subject(["Thank You", "Sam Doe", "Analyst"]) == "Thank You - Sam Doe - Analyst"
    assert new_subject(["Thank You", "", ""]) == "Thank You"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the Analyst role", "Analyst"),
        ("Our Analyst position", "Analyst"),
        ("Analyst [m/f]", "Analyst (m/f)"),
        ("- Analyst,", "Analyst"),
        ("Theatre Manager", "Theatre Manager"),
    ],
)
def test_titles_lose_what_our_sentences_put_around_them(text: str, wanted: str) -> None:
    assert title(text, 100) == wanted


@given(st.text(max_size=5000), st.integers(0, 100))
def test_cleaned_text_is_short_printable_and_stays_as_it_is(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == line.strip()
    assert line.replace("\u200c", "").replace("\u200d", "").isprintable()
    assert one_line(line, limit) == line
    assert "[" not in phrase(text, limit)
