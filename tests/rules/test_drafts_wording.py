"""Every sentence of the templates, and every way to put them together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest

from rules.drafts.pieces import resolve
from rules.drafts.types import DraftKind
from rules.drafts.wording import KINDS, Wording, load_wording, names_in
from rules.lint.check import check
from rules.lint.context import Context
from rules.lint.phrases import banned_phrases
from rules.lint.placeholders import placeholders, template_marks
from rules.lint.sentences import count_sentences

WORDING = load_wording()
POINT = {"point": "the move to Kafka", "topic": "sharding", "url": "https://example.org/a", "name": "Rita Almeida"}
FULL = {"company": "Acme", "role": "Data Analyst", "date": "5 May", "promise": "15 May"} | POINT
BARE = dict.fromkeys(FULL, "") | {"promise": "15 May"} | POINT


def _rendered(wording: Wording, source: str, data: dict[str, str]) -> str:
    return wording.render(source, data | {name: wording.render(text, data) for name, text in wording.phrases.items()})


def _sources() -> Iterator[tuple[str, str, str, str]]:
    for kind, parts in WORDING.pools.items():
        for part, cases in parts.items():
            for case, variants in cases.items():
                for source in variants:
                    yield kind, part, case, source


SOURCES = list(_sources())


@pytest.mark.parametrize("data", [FULL, BARE], ids=["all known", "nothing known"])
def test_every_variant_is_one_sentence_that_reads_without_gaps(data: dict[str, str]) -> None:
    for kind, part, case, source in SOURCES:
        text = _rendered(WORDING, source, data)
        where = f"{kind}.{part}.{case}: {text}"
        assert count_sentences(text) == 1, where
        assert text == " ".join(text.split()), where
        assert " ," not in text, where
        assert " ." not in text, where
        assert text[0].isupper(), where
        if case != "question":
            assert text.endswith("?" if part == "question" else ":" if part == "heading" else "."), where
        assert "!" not in text, where


@pytest.mark.parametrize("data", [FULL, BARE], ids=["all known", "nothing known"])
def test_no_variant_holds_a_banned_phrase_or_leftover_syntax(data: dict[str, str]) -> None:
    for _, _, _, source in SOURCES:
        text = _rendered(WORDING, source, data)
        assert banned_phrases(text) == (), text
        assert template_marks(text) == (), text


def test_no_sentence_stands_twice_in_all_templates() -> None:
    assert [source for source, count in Counter(source for *_, source in SOURCES).items() if count > 1] == []


def test_two_variants_share_no_run_of_seven_words_beyond_the_job_itself() -> None:
    """A user whose notes are compared with another's, or with last month's, should not be caught by half a sentence."""
    runs: dict[tuple[str, ...], str] = {}
    for _, _, _, source in SOURCES:
        text = _rendered(WORDING, source, FULL).replace("the Data Analyst position at Acme", "JOB").replace("on 5 May", "DAY")
        text = text.replace("the move to Kafka", "POINT")
        words = text.casefold().rstrip(".?").split()
        for n in range(len(words) - 6):
            run = tuple(words[n : n + 7])
            assert runs.setdefault(run, source) == source, run


def test_n2_only_words_without_a_fact_have_places_to_fill_in() -> None:
    for kind, part, case, source in SOURCES:
        there = (kind, part, case) in {("thank_you", "fit", "hiring_manager"), ("keep_warm", "new", "any")}
        assert bool(placeholders(source)) is (case == "place" or there), source


def test_every_part_with_a_fact_says_how_it_stands_in_the_sentence() -> None:
    for kind, part, case, source in SOURCES:
        fact = {"noun", "colon", "quoted", "question", "bare", "unlinked", "asked", "topic", "better", "both"}
        needs = case in fact or part == "strength"
        assert bool({"point", "url"} & names_in(source)) is needs, f"{kind}.{part}.{case}: {source}"
        if case == "colon":
            assert ": {{ point }}." in source, source
        if case == "quoted":
            assert "“{{ point }}”" in source, source
        if case == "question":
            assert source.endswith(": {{ point }}"), source


def test_places_to_fill_in_ask_for_different_things() -> None:
    asked = [place for *_, source in SOURCES for place in placeholders(source)]
    assert len(set(asked)) == len(asked)


def test_only_the_question_of_the_last_one_asks_a_question() -> None:
    assert [source for *_, part, _, source in SOURCES if "?" in source and part != "question"] == []
    assert all("next week" in source for _, part, _, source in SOURCES if part == "question")


def test_no_variant_speaks_of_a_day_as_seen_from_another_day() -> None:
    """What is true when the draft is written must be true when it is sent (D16)."""
    for _, part, _, source in SOURCES:
        if part != "question":
            for word in (
                "today",
                "yesterday",
                "tomorrow",
                "last week",
                "weeks ago",
                "days ago",
                "this morning",
                "next week",
                "earlier this",
            ):
                assert word not in source.casefold(), source


def test_the_shared_parts_are_enough_for_a_panel_of_ten() -> None:
    for part, cases in {
        "thanks": ("first", "later", "late"),
        "conversation": ("noun", "colon", "quoted", "place"),
        "forward": ("any",),
    }.items():
        for case in cases:
            assert len(WORDING.variants("thank_you", part, [case])) >= 12
    assert len(WORDING.variants("thank_you", "concern", ["unknown"])) >= 12
    for part in ("thanks", "respect", "future"):
        assert len(WORDING.variants("gracious", part, ["any"])) >= 12


def test_hiring_managers_get_the_longest_note_whichever_variants_are_drawn() -> None:
    def lengths(part: str, case: str) -> list[int]:
        return [len(source.split()) for source in WORDING.variants("thank_you", part, [case])]

    for thanks in ("first", "later", "late"):
        shared = [lengths("thanks", thanks), lengths("conversation", "place"), lengths("forward", "any")]
        shortest = sum(min(each) for each in shared)
        longest = sum(max(each) for each in shared)
        own = min(lengths("challenge", "place")) + min(lengths("culture", "place"))
        # The part `fit` may be a strength of one word behind its opening.
        own += min(*lengths("fit", "hiring_manager"), *lengths("strength", "any"))
        others = max(max(lengths("concern", role)) for role in ("boss", "recruiter", "peer", "other", "unknown"))
        assert shortest + own > longest + others


def test_every_kind_has_its_layouts_and_every_part_its_words() -> None:
    assert set(WORDING.layouts) == set(KINDS) == set(WORDING.pools) == set(WORDING.subjects)
    for kind, layouts in WORDING.layouts.items():
        for layout in layouts.values():
            for entry in (entry for paragraph in layout for entry in paragraph):
                for part in entry.rstrip("?").split("|"):
                    assert part in WORDING.pools[kind]


def test_c1_no_layout_exceeds_six_sentences_without_facts() -> None:
    for layouts in WORDING.layouts.values():
        for layout in layouts.values():
            assert sum(len(paragraph) for paragraph in resolve(layout, {"promise"})) <= 6


def test_c15_the_sentence_on_why_one_fits_is_found_to_say_so_in_every_variant() -> None:
    """Where another sentence says it as well by chance, a poor variant would stay unseen."""
    fit = {("thank_you", "fit"), ("thank_you", "strength"), ("status", "interest"), ("status", "strength"), ("status", "fact")}
    for kind, part, case, source in SOURCES:
        if (kind, part) not in fit:
            continue
        told = _rendered(WORDING, source, FULL | {"point": "ten years of SQL"}).replace("[", "").replace("]", "")
        found = {finding.id for finding in check(f"Hello,\n\n{told}\n", Context(kind=DraftKind(kind)))}
        missing = {"part.fit", "part.interest"} if kind == "status" else {"part.fit"}
        assert not found & missing, (kind, part, case, told)


def test_c18_each_role_class_is_spoken_to_about_its_own_concern() -> None:
    """Five roles, five skeletons; culture and mission for the boss."""
    pools = [set(WORDING.variants("thank_you", "concern", [role])) for role in ("boss", "recruiter", "peer", "other", "unknown")]
    assert all(not one & other for one, other in combinations(pools, 2))
    assert all("mission" in source or "culture" in source or "values" in source for source in pools[0])


def test_a_name_of_a_thing_is_nowhere_the_subject_of_a_verb_in_the_singular() -> None:
    """A point may be `small teams`: what stands behind it agrees with one thing and with several."""
    told = [source for _, _, case, source in SOURCES if case == "noun"]
    assert len(told) > 50
    verbs = r"has|is|was|says|makes|shows|stands|does|sets|gives|means|brings|seems|sounds|appeals|draws|fits"
    subject = re.compile(rf"(?:\A|, |\band |\bwhat |\bme |\bmind ){{{{ point }}}} (?:{verbs})\b")
    assert subject.search("For me {{ point }} says a lot.")
    assert [source for source in told if subject.search(source)] == []
    assert [source for source in told if re.search(r"{{ point }}(?! \({{ url }}).*\bit\b", source)] == []
