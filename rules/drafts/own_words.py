"""Templates of the user's own, laid over ours part by part, and everything that may be wrong with them.

A template is checked before it is ever rendered: only texts, names of data, conditions and a few filters are allowed, so that
nothing can loop, grow without bound, or reach into Python. What is allowed is rendered with made-up data and read like a draft.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from jinja2 import TemplateError, nodes

from rules.drafts.pieces import tidy
from rules.drafts.wording import ENVIRONMENT, KINDS, Layout, Source, Wording, names_in, read_kind, sources
from rules.lint.sentences import count_sentences

__all__ = ["DATA", "TemplateFault", "TemplatesError", "lay_over"]

_LARGEST = 256 * 1024
_LONGEST = 1000
_MOST_VARIANTS = 500
_MOST_PARTS = 12
DATA: Mapping[str, str] = {
    "company": "Acme",
    "role": "Data Analyst",
    "position": "the Data Analyst position",
    "at_company": " at Acme",
    "company_phrase": "Acme",
    "date": "5 May",
    "on_date": " on 5 May",
    "promise": "15 May",
    "point": "the move to Kafka",
    "topic": "the question about testing",
    "url": "https://example.org/page",
    "name": "Rita",
    "user": "Sam Doe",
}
"""Every name that a template may ask for, with what it may be like."""
_JOB = ("company", "role", "position", "at_company", "company_phrase", "date", "on_date", "promise")
_FACTS = frozenset({"noun", "colon", "quoted", "question", "bare", "unlinked", "asked", "topic", "better", "both"})
"""Cases of parts that are filled with a fact."""
_FILTERS = frozenset({"lower", "upper", "capitalize", "title", "trim"})
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.And, nodes.Or,
    nodes.Not, nodes.Compare, nodes.Operand, nodes.Filter,
)  # fmt: skip
_WORDS = {
    nodes.For: "a loop",
    nodes.Getattr: "access to an attribute",
    nodes.Getitem: "access to an item",
    nodes.Call: "a call",
    nodes.Macro: "a macro",
    nodes.Include: "an include",
    nodes.Import: "an import",
    nodes.FromImport: "an import",
    nodes.Extends: "an extends",
    nodes.Block: "a block",
    nodes.Assign: "an assignment",
    nodes.Filter: "this filter",
}
_COMMON: Mapping[str, type] = {
    "greetings": list, "greeting_unknown": str, "closings": list, "phrases": dict, "dates": dict, "subjects": dict,
    "language": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """One thing that is wrong with the user's templates."""

    file: str
    """Its name within the folder: `thank_you.toml`."""
    part: str
    """Part, case and number from 1, as `thanks.first 3`; empty where the whole file is meant."""
    reason: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        """Return it as one line."""
        where = f", line {self.line}" if self.line else ""
        return f"{self.file}{where}{': ' + self.part if self.part else ''}: {self.reason}. {self.remedy}"


class TemplatesError(ValueError):
    """Templates that cannot be used; `faults` holds all that is wrong with them."""

    def __init__(self, faults: Sequence[TemplateFault]) -> None:
        """Keep the faults; the text lists them, one a line."""
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


@dataclass(slots=True)
class _File:
    """One file while it is read."""

    name: str
    text: str
    faults: list[TemplateFault]

    def fault(self, part: str, reason: str, remedy: str, near: str = "") -> None:
        line = self._line(near) or self._line(part.partition(" ")[0].rpartition(".")[2])
        self.faults.append(TemplateFault(self.name, part, reason, remedy, line))

    def _line(self, words: str) -> int | None:
        if not words:
            return None
        return next((number for number, line in enumerate(self.text.split("\n"), 1) if words[:40] in line), None)


def _parsed(file: _File) -> dict[str, Any]:
    if len(file.text) > _LARGEST:
        file.fault("", f"is longer than {_LARGEST} characters", "Keep the parts that you change, ours serve for the rest")
        return {}
    try:
        return tomllib.loads(file.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        file.fault("", f"is no valid TOML: {str(error)[:200]}", "Texts stand in quotes, lists in brackets")
        return {}


def _strings(file: _File, part: str, value: object) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        file.fault(part, "is not a list of texts", 'Write it in brackets, such as ["one", "two"]')
        return []
    if len(value) > _MOST_VARIANTS:
        file.fault(part, f"has more than {_MOST_VARIANTS} texts", "Take some out")
        return []
    return value


def _trees(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _trees(child)


def _allowed(part: str) -> frozenset[str]:
    """Return the names that a sentence of a part and case (`link.noun`) may ask for."""
    name, _, case = part.partition(" ")[0].partition(".")
    names = set(_JOB)
    if case in _FACTS or name == "strength":
        names.add("point")
    if case == "both":
        names.add("topic")
    if name == "link":
        names.add("url")
    if name == "heading":
        names.add("name")
    return frozenset(names)


def _refused(source: str, names: Collection[str]) -> tuple[str, str] | None:
    """Return why a template cannot be used and what to do, or None; nothing of it is run."""
    if len(source) > _LONGEST:
        return f"is longer than {_LONGEST} characters", "Write a shorter sentence"
    if "\n" in source or "\r" in source:
        return "has a line break", "Write one sentence on one line"
    try:
        tree = ENVIRONMENT.parse(source)
        for node in _trees(tree):
            if not isinstance(node, _ALLOWED) or (isinstance(node, nodes.Filter) and node.name not in _FILTERS):
                what = _WORDS.get(type(node), f"`{type(node).__name__.lower()}`")
                return f"holds {what}, which is not allowed", "Use {{ name }}, {% if name %} and plain words only"
        asked = names_in(source)
    except (TemplateError, RecursionError, ValueError) as error:
        return (
            f"is no template that can be read: {str(error)[:200]}",
            "Close what is open: {{ name }}, {% if name %} … {% endif %}",
        )
    if unknown := sorted(asked - set(names)):
        nearest = next(iter(get_close_matches(unknown[0], names, 1)), "")
        hint = f"Did you mean {{{{ {nearest} }}}}?" if nearest else f"Known here: {', '.join(sorted(names))}"
        return f"asks for {unknown[0]!r}, which is not known here", hint
    return None


def _check_sentence(file: _File, name: str, source: Source, wording: Wording) -> None:
    part = name.partition(" ")[2]
    if refused := _refused(source, _allowed(part)):
        file.fault(part, *refused, near=str(source))
        return
    bare = dict.fromkeys(("company", "role", "at_company", "date", "on_date"), "")
    bare |= {"position": "the position", "company_phrase": "your company"}
    question = part.split(".")[1].startswith("question ") if "." in part else False
    for data in (DATA, {**DATA, **bare}):
        try:
            shown = tidy(wording.render(source, {**data, "point": "how do you test?"} if question else data))
        except (TemplateError, TypeError, ValueError) as error:
            file.fault(
                part, f"cannot be filled in: {str(error)[:200]}", "Look at the names and the quotes in it", near=str(source)
            )
            return
        if count_sentences(shown) != 1 or not shown.endswith((".", "?", "!", ":")) or len(shown) > 2 * _LONGEST:
            reason = f"does not make one whole sentence: {shown[:80]!r}"
            file.fault(
                part, reason, "One text is one sentence with its mark at the end; use several texts for several", near=str(source)
            )
            return


def _check_layouts(file: _File, layouts: Mapping[str, Layout], known: set[str]) -> None:
    for case, layout in layouts.items():
        parts = [part for paragraph in layout for entry in paragraph for part in entry.rstrip("?").split("|")]
        if len(parts) > _MOST_PARTS * 2:
            file.fault(f"layouts.{case}", "has too many parts", f"Use at most {_MOST_PARTS} sentences")
        for part in parts:
            if part not in known:
                nearest = next(iter(get_close_matches(part, known, 1)), "")
                hint = f"Did you mean {nearest!r}?" if nearest else f"Known here: {', '.join(sorted(known))}"
                file.fault(f"layouts.{case}", f"names the part {part!r}, which is nowhere", hint)


def _shaped(file: _File, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has the shape of a file of templates; tell what has not."""
    good: dict[str, Any] = {}
    for part, cases in content.items():
        if not isinstance(cases, dict):
            file.fault(part, "is not a table", f"Write [{part}] on a line of its own and its cases below")
        elif part == "layouts":
            fits = {
                case: layout
                for case, layout in cases.items()
                if isinstance(layout, list)
                and layout
                and all(isinstance(one, list) and all(isinstance(entry, str) for entry in one) for one in layout)
            }
            for case in cases.keys() - fits.keys():
                file.fault(f"layouts.{case}", "is no list of paragraphs", 'Write it as [["thanks", "conversation"], ["forward"]]')
            good[part] = fits
        else:
            good[part] = {case: texts for case, value in cases.items() if (texts := _strings(file, f"{part}.{case}", value))}
    return good


def _kind_over(file: _File, kind: str, wording: Wording) -> Wording:
    layouts, pools = read_kind(_shaped(file, _parsed(file)), file.name)
    merged = {part: {**wording.pools[kind].get(part, {}), **cases} for part, cases in pools.items()}
    whole = {**wording.pools[kind], **merged}
    for cases in pools.values():
        for variants in cases.values():
            for source in variants:
                _check_sentence(file, source.name, source, wording)
    _check_layouts(file, layouts, set(whole))
    if unknown := layouts.keys() - wording.layouts[kind].keys():
        known = ", ".join(wording.layouts[kind])
        file.fault(f"layouts.{min(unknown)}", "is a layout that nothing asks for", f"Known here: {known}")
    return replace(
        wording,
        pools={**wording.pools, kind: whole},
        layouts={**wording.layouts, kind: {**wording.layouts[kind], **layouts}},
    )


def _common_over(file: _File, wording: Wording) -> Wording:
    content = _parsed(file)
    changes: dict[str, Any] = {}
    for key, value in content.items():
        if key not in _COMMON:
            nearest = next(iter(get_close_matches(key, _COMMON, 1)), "")
            file.fault(key, "is not known", f"Did you mean {nearest!r}?" if nearest else f"Known here: {', '.join(_COMMON)}")
        elif not isinstance(value, _COMMON[key]):
            file.fault(key, "has the wrong shape", "Write it as in our own common.toml")
        elif key in {"greetings", "closings"}:
            texts = _strings(file, key, value)
            _check_texts(file, key, texts)
            changes[key] = sources(file.name, key, "any", texts) if key == "greetings" else tuple(texts)
        elif key == "greeting_unknown":
            changes[key] = value
            _check_texts(file, key, [str(value)])
        elif key == "subjects" and isinstance(value, dict):
            changes |= _subjects(file, value, wording)
        else:
            file.fault(key, "cannot be changed here", "Only greetings, greeting_unknown, closings and subjects can")
    return replace(wording, **changes)


def _subjects(file: _File, value: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    subjects = dict(wording.subjects)
    for kind, parts in value.items():
        if kind == "no_role" and isinstance(parts, str):
            changed["no_role"] = parts
        elif kind in subjects:
            texts = _strings(file, f"subjects.{kind}", parts)
            _check_texts(file, f"subjects.{kind}", texts)
            subjects[kind] = tuple(texts)
        else:
            file.fault(f"subjects.{kind}", "is not known", f"Known here: {', '.join([*subjects, 'no_role'])}")
    return {**changed, "subjects": subjects}


def _check_texts(file: _File, part: str, texts: Sequence[str]) -> None:
    names = {"name"} if part == "greetings" else {"user", "role", "name"} if part.startswith("subjects.") else set[str]()
    for number, text in enumerate(texts, 1):
        if refused := _refused(text, names):
            file.fault(f"{part} {number}", *refused, near=text)


def lay_over(wording: Wording, texts: Mapping[str, str]) -> Wording:
    """Return `wording` with the user's files laid over it: a case of a part that they give takes the place of ours.

    `texts` are the contents of the files by their name (`thank_you.toml`). Raises TemplatesError with everything that is wrong.
    """
    faults: list[TemplateFault] = []
    for name, text in sorted(texts.items()):
        file = _File(name, text, faults)
        kind = name.removesuffix(".toml")
        if name == "common.toml":
            wording = _common_over(file, wording)
        elif kind in KINDS:
            wording = _kind_over(file, kind, wording)
        else:
            names = [f"{one}.toml" for one in ("common", *KINDS)]
            nearest = next(iter(get_close_matches(name, names, 1)), "")
            hint = f"Did you mean {nearest}?" if nearest else f"Known here: {', '.join(names)}"
            file.fault("", "is no file of templates", hint)
    if faults:
        raise TemplatesError(faults)
    return wording
