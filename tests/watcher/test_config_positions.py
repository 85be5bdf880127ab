"""Lines of keys: whatever tomllib accepts, the scanner finds the same keys."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config.positions import Path, key_lines

DOCUMENT = (
    '# a comment with [brackets] and "quotes"\n'
    "top = 1\n"
    '"quoted key" = \'x = [ "not a table" ]\'\n'
    "\n"
    "[table]  # after the header\n"
    'dotted . "in side".deep = true\n'
    'text = """\n'
    "[not.a.table]\n"
    'key = 3 \\""" and ""\n'
    '"""\n'
    "literal = '''\n"
    "# no comment\n"
    "'' x'''\n"
    "after = 1979-05-27T07:32:00Z\n"
    "list = [\n"
    "  1,  # one\n"
    "  # between\n"
    "  [ \"a]\", 'b#' ],\n"
    "  { x = 1, y = [ 2,\n"
    "    3 ] },\n"
    "]\n"
    "\n"
    "[[many]]\n"
    "a = 1\n"
    "[[many]]\n"
    "a = 2\n"
    "[many.sub]\n"
    "b = 3\n"
    "[[many.inner]]\n"
    "c = 4\n"
    "[table.sub]\n"
    "[ spaced . out ]\n"
)


def paths(value: Any, at: Path = ()) -> set[Path]:
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    found = {at} if at else set()
    return found.union(*(paths(item, (*at, key)) for key, item in items))


def test_every_key_of_a_document_is_found_in_its_line() -> None:
    lines = key_lines(DOCUMENT)

    assert set(lines) == paths(tomllib.loads(DOCUMENT))
    rows = DOCUMENT.splitlines()
    for path, line in lines.items():
        last = path[-1]
        if isinstance(last, str) and path[0] != "many":
            assert last in rows[line - 1], path
    assert lines["many", 1, "a"] == 26
    assert lines["many", 1, "sub", "b"] == 28
    assert lines["many", 1, "inner", 0, "c"] == 30
    assert lines["table", "list", 1, 1] == 18
    assert lines["table", "list", 2, "y", 1] == 20


def long_text(quote: str, text: str) -> str:
    """Return a string of several lines; three quotes in a row may not stand inside."""
    return quote * 3 + text.replace(quote * 3, "") + quote * 3


keys = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4).map(
        lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.text('abc.#[]="', max_size=4).map(lambda text: f"'{text}'"),
)
strings = st.one_of(
    st.text("ab#[]{}'=.,", max_size=5).map(lambda text: f'"{text}"'),
    st.text('ab#[]{}"=.,\\', max_size=5).map(lambda text: f"'{text}'"),
    st.text("ab#[]{}'=\n\"", max_size=6).map(lambda text: long_text('"', text)),
    st.text("ab#[]{}\"=\n\\'", max_size=6).map(lambda text: long_text("'", text)),
    st.sampled_from([r'"a\"b"', r'"\\"', long_text('"', r"\""), long_text('"', '""a""'), long_text("'", "''a''")]),
)
scalars = st.one_of(strings, st.sampled_from(["1", "-1.5e3", "true", "inf", "1979-05-27 07:32:00", "07:32:00", "0xff"]))
gaps = st.sampled_from(["", " ", "\n", " # ], }\n", "\r\n\t"])


def arrays(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(gaps, st.lists(inner, max_size=3), gaps, st.booleans()).map(
        lambda parts: f"[{parts[0]}{f'{parts[2]},{parts[0]}'.join(parts[1])}{',' if parts[1] and parts[3] else ''}{parts[2]}]"
    )


def inline_tables(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(keys, inner, max_size=3).map(
        lambda table: "{ " + ", ".join(f"{key} = {value}" for key, value in table.items()) + " }"
    )


values = st.recursive(scalars, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)
dotted = st.lists(keys, min_size=1, max_size=3).map(" . ".join)
rows = st.one_of(
    st.tuples(dotted, values).map(lambda pair: f"{pair[0]} = {pair[1]}  # = [x]"),
    dotted.map(lambda name: f"[{name}]"),
    dotted.map(lambda name: f"[[ {name} ]]"),
    st.just("  # [x] = 1"),
    st.just(""),
)


@given(st.lists(rows, max_size=6))
def test_the_same_keys_are_found_as_tomllib_finds(lines: list[str]) -> None:
    kept: list[str] = []
    for line in lines:
        try:
            tomllib.loads("\n".join([*kept, line]))
        except tomllib.TOMLDecodeError:
            continue
        kept.append(line)
    text = "\n".join(kept)

    assert set(key_lines(text)) == paths(tomllib.loads(text))


@pytest.mark.parametrize("text", ['a = "' + "x" * 200_000 + '"', "a = '''" + "'x" * 100_000 + "'''", "a" * 200_000 + " = 1"])
def test_long_values_are_passed_at_once(text: str) -> None:
    assert key_lines(text) == {(next(iter(tomllib.loads(text))),): 1}
