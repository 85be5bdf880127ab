"""Templates of the user's own: what they override, and what is refused before it is ever rendered."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.drafts.compose import compose
from rules.drafts.own_words import TemplatesError, lay_over
from rules.drafts.types import Draft
from rules.drafts.wording import KINDS, Wording, load_wording
from rules.lint.sentences import body_of
from tests.rules.drafts_cases import NOW, PANEL, SAM, place, process

OURS = load_wording()
FOLDER = Path(__file__).parents[2] / "rules" / "templates" / "en"


def faults(texts: dict[str, str]) -> list[str]:
    with pytest.raises(TemplatesError) as caught:
        lay_over(OURS, texts)
    return [str(fault) for fault in caught.value.faults]


def written(wording: Wording) -> list[Draft]:
    return [compose(place(person), process(), SAM, now=NOW, message_id="a@example.com", wording=wording) for person in PANEL]


def test_a_part_of_the_users_takes_the_place_of_ours_and_the_rest_stays() -> None:
    own = lay_over(OURS, {"thank_you.toml": '[thanks]\nfirst = ["Cheers for the chat about {{ position }}{{ at_company }}."]\n'})
    for mine, ours in zip(written(own), written(OURS), strict=True):
        assert mine.trace[0].sentence == "Cheers for the chat about the Data Analyst position at Acme Inc."
        assert mine.trace[0].template == "thank_you.toml thanks.first 1"
        kept = [[traced.template.rpartition(" ")[0] for traced in one.trace[1:]] for one in (mine, ours)]
        assert kept[0] == kept[1]


def test_greetings_closings_subjects_and_layouts_can_be_the_users() -> None:
    own = lay_over(
        OURS,
        {
            "common.toml": 'greetings = ["Hi {{ name }},"]\nclosings = ["Yours"]\n'
            '[subjects]\nthank_you = ["Thanks from {{ user }}"]\n',
            "thank_you.toml": '[layouts]\npeer = [["thanks", "forward"]]\n',
        },
    )
    peer = written(own)[3]
    assert peer.text.startswith("Hi Zed,\n")
    assert "\n\nYours,\nSam Doe" in peer.text
    assert peer.subject == "Thanks from Sam Doe"
    assert len(peer.trace) == 2


def test_our_own_files_would_pass_as_the_users() -> None:
    texts = {f"{kind}.toml": (FOLDER / f"{kind}.toml").read_text("utf-8") for kind in KINDS}
    assert lay_over(OURS, texts) == OURS


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("{% for n in position %}x{% endfor %}.", "a loop"),
        ("{{ position.__class__ }}.", "an attribute"),
        ("{{ position[0] }}.", "an item"),
        ("{{ range(9) }}.", "a call"),
        ("{{ cycler.__init__.__globals__ }}.", "an attribute"),
        ("{{ 'a' * 999999999 }}.", "mul"),
        ("{{ 9 ** 9 ** 9 }}.", "pow"),
        ("{{ company ~ company }}.", "concat"),
        ("{{ company|center(99999999) }}.", "this filter"),
        ("{{ company|attr('x') }}.", "this filter"),
        ("{% include 'x' %}.", "an include"),
        ("{% import 'x' as y %}.", "an import"),
        ("{% macro x() %}{% endmacro %}.", "a macro"),
        ("{% set x = 1 %}.", "an assignment"),
        ("{{ company", "no template that can be read"),
        ("{{ compny }}.", "Did you mean {{ company }}"),
        ("{{ point }}.", "not known here"),
        ("One. And two.", "one whole sentence"),
        ("No end", "one whole sentence"),
        ("x" * 2000 + ".", "longer than"),
        ("{% if role %}" * 60 + "." + "{% endif %}" * 60, "longer than"),
    ],
)
def test_a_hostile_or_wrong_template_is_refused_with_its_place_and_a_remedy(sentence: str, words: str) -> None:
    begun = time.process_time()
    (told,) = faults({"thank_you.toml": f'[later]\n[thanks]\nfirst = [\n  "Thank you.",\n  """{sentence}""",\n]\n'})
    assert told.startswith("thank_you.toml")
    assert "thanks.first 2" in told
    assert words in told
    assert told.count(". ") >= 1, "a remedy follows"
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("thankyou.toml", "", "Did you mean thank_you.toml?"),
        ("thank_you.toml", "x", "no valid TOML"),
        ("thank_you.toml", "a = " + "[" * 3000, "no valid TOML"),
        ("thank_you.toml", "#" * 300_000, "longer than"),
        ("thank_you.toml", "thanks = 1", "not a table"),
        ("thank_you.toml", '[thanks]\nfirst = "one"', "not a list"),
        ("thank_you.toml", "[thanks]\nfirst = []", "not a list"),
        ("thank_you.toml", "[thanks]\nfirst = [1]", "not a list"),
        ("thank_you.toml", '[layouts]\nboss = [["thnks"]]', "Did you mean 'thanks'?"),
        ("thank_you.toml", '[layouts]\nchief = [["thanks"]]', "nothing asks for"),
        ("thank_you.toml", '[layouts]\nboss = "thanks"', "no list of paragraphs"),
        ("common.toml", 'closing = ["x"]', "Did you mean 'closings'?"),
        ("common.toml", 'greetings = ["Dear {{ nam }},"]', "Did you mean {{ name }}?"),
        ("common.toml", "subjects = 1", "wrong shape"),
        ("common.toml", '[subjects]\nthanks = ["x"]', "not known"),
        ("common.toml", '[dates]\nthis_year = "x"', "cannot be changed"),
    ],
)
def test_every_fault_of_a_file_is_told(name: str, text: str, words: str) -> None:
    assert any(words in told for told in faults({name: text})), faults({name: text})


def test_all_faults_of_all_files_are_told_at_once_with_their_lines() -> None:
    told = faults({"status.toml": '[ask]\nany = ["{{ x }}."]\n[offer]\nany = ["No end"]\n', "common.toml": "closings = 1"})
    assert len(told) == 3
    assert "status.toml, line 2" in "".join(told)
    assert "status.toml, line 4" in "".join(told)


PIECES = st.lists(
    st.sampled_from(
        [
            "{{",
            "}}",
            "{%",
            "%}",
            "company",
            "point",
            "if",
            "endif",
            "for",
            "in",
            "x",
            "'",
            ".",
            "|",
            "upper",
            " ",
            "(",
            ")",
            "[",
            "]",
            "\\",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(PIECES | st.text(max_size=80))
def test_whatever_stands_in_a_template_is_taken_or_refused_and_never_breaks_a_draft(text: str) -> None:
    source = text.encode("utf-8", "replace").decode().replace("\\", "\\\\").replace('"', '\\"')
    file = {"thank_you.toml": f'[forward]\nany = ["{source}"]\n'}
    try:
        own = lay_over(OURS, file)
    except TemplatesError:
        return
    one = compose(place(), replace(process(), company=""), SAM, now=NOW, message_id="a@example.com", wording=own)
    assert body_of(one.text)
