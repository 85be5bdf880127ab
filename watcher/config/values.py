"""Reading a table of TOML into a dataclass of the model, strictly: what its annotations say is all that is accepted.

Done here and not by a validation library because every command reads the configuration first: this takes 2 ms, where importing
and preparing pydantic takes 80 of the 400 in which `status` must have answered.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from watcher.config.checks import Between, Check, PathText, resolve_path
from watcher.config.positions import Path as Key
from watcher.config.reporter import Reporter

__all__ = ["Reader"]

Model = TypeVar("Model")


class _Wrong:
    """Stands for a value that was told to be wrong."""


_WRONG: Final = _Wrong()
_SECRET: Final = frozenset({"password", "token", "client_id"})
"""Keys at and below which somebody may have written a secret: that of an application stands beside its id."""


@cache
def _hints(model: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(typing.cast("type[Any]", model), include_extras=True)


def _either(hint: Any, value: Any) -> Any:
    """Return which of two annotations a value is meant for: a table for a dataclass, anything else for the other one."""
    tables = [each for each in typing.get_args(hint) if dataclasses.is_dataclass(each)]
    others = [each for each in typing.get_args(hint) if not dataclasses.is_dataclass(each)]
    return (tables if isinstance(value, dict) else others)[0]


class Reader:
    """Reads the tables of one document; what is wrong goes to the reporter, all of it."""

    def __init__(self, base: Path, reporter: Reporter) -> None:
        """Take the folder at which relative paths start."""
        self._base = base
        self._reporter = reporter

    def table(self, model: type[Model], raw: Mapping[str, Any], at: Key, **given: Any) -> Model | None:
        """Return the dataclass `model` made of the table at `at` and what is `given`, or None after telling what is wrong."""
        made = self._table(model, raw, at, model, given)
        return None if isinstance(made, _Wrong) else made

    def _table(
        self, model: type[Model], raw: Mapping[str, Any], at: Key, section: type, given: Mapping[str, Any]
    ) -> Model | _Wrong:
        hints = _hints(typing.cast("Hashable", model))
        fields = {field.name: field for field in dataclasses.fields(model) if field.name not in given}  # type: ignore[arg-type] # models are dataclasses
        for key in raw:
            if key not in fields:
                self._reporter.unknown((*at, key), section)
        values: dict[str, Any] = dict(given)
        for name, field in fields.items():
            if name in raw:
                values[name] = self._value(hints[name], raw[name], (*at, name), section)
            elif field.default is dataclasses.MISSING:
                self._reporter.add((*at, name), "is missing", f"Write {name} = … below [{'.'.join(map(str, at))}]")
                values[name] = _WRONG
        if any(isinstance(value, _Wrong) for value in values.values()) or not raw.keys() <= fields.keys():
            return _WRONG
        return model(**values)

    def _value(self, hint: Any, value: Any, at: Key, section: type) -> Any:
        """Return the value as the annotation wants it, or `_WRONG` after telling why not."""
        checks: Sequence[Any] = ()
        if typing.get_origin(hint) is typing.Annotated:
            hint, *checks = typing.get_args(hint)
        for check in checks:
            if isinstance(check, PathText):
                return self._path(value, check, at)
        if typing.get_origin(hint) in {types.UnionType, typing.Union}:
            hint = _either(hint, value)
            return self._value(hint, value, at, section)
        if dataclasses.is_dataclass(hint):
            if isinstance(value, dict):
                return self._table(typing.cast("type[Any]", hint), value, at, section, {})
            return self._no_table(at)
        read = self._tuple(hint, value, at, section) if typing.get_origin(hint) is tuple else self._scalar(hint, value, at)
        for check in checks:
            if isinstance(read, _Wrong):
                break
            read = self._checked(check, read, at)
        return read

    def _scalar(self, hint: Any, value: Any, at: Key) -> Any:
        tell = self._reporter.add
        if typing.get_origin(hint) is typing.Literal:
            choices = typing.get_args(hint)
            if isinstance(value, str) and value in choices:
                return value
            *firsts, last = (f'"{choice}"' for choice in choices)
            tell(
                at,
                f"{self._shown(value, at)}is not a choice here",
                f"Write {' or '.join(filter(None, [', '.join(firsts), last]))}",
            )
        elif hint is str:
            if isinstance(value, str):
                return value
            tell(at, "is not a text", "Write it in quotes")
        elif hint is bool:
            if isinstance(value, bool):
                return value
            tell(at, "is neither true nor false", "Write true or false, without quotes")
        elif hint is int:
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            tell(at, "is not a whole number", "Write digits only, without quotes")
        else:
            assert hint is float, hint  # the model holds no other type
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return value
            tell(at, "is not a number", "Write digits only, without quotes")
        return _WRONG

    def _tuple(self, hint: Any, value: Any, at: Key, section: type) -> Any:
        if not isinstance(value, list):
            self._reporter.add(at, "is not a list", 'Write it in brackets, such as ["one", "two"]')
            return _WRONG
        each = typing.get_args(hint)[0]
        read = tuple(self._value(each, item, (*at, number), section) for number, item in enumerate(value))
        return _WRONG if any(isinstance(item, _Wrong) for item in read) else read

    def _path(self, value: Any, check: PathText, at: Key) -> Any:
        text = self._scalar(str, value, at)
        if isinstance(text, _Wrong) or (check.optional and not text):
            return text if isinstance(text, _Wrong) else None
        return self._checked(Check(lambda path: resolve_path(path, self._base)), text, at)

    def _checked(self, check: Check | Between, value: Any, at: Key) -> Any:
        try:
            return check.function(value)
        except ValueError as error:
            reason, _, remedy = str(error).partition(". ")
            self._reporter.add(at, f"{self._shown(value, at)}{reason}", remedy)
            return _WRONG

    def _no_table(self, at: Key) -> _Wrong:
        remedy = f"Write its keys one by one: {at[-1]}.KEY = …"
        if (key := at[-1]) in _SECRET:
            remedy = (
                f"No {key} belongs in this file: remove this line, then put it into the keyring with "
                f"`hearback login {at[-2]}`, or name its source with {key}.command, {key}.env or {key}.file"
            )
        self._reporter.add(at, "is not a table", remedy)
        return _WRONG

    def _shown(self, value: object, at: Key) -> str:
        """Return a value for a message; what may be a secret is never shown."""
        return "" if _SECRET & set(at) or isinstance(value, (dict, list, tuple)) else f"{self._reporter.shown(value)} "
