"""The only place that writes to standard output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["console", "print_bytes", "print_json", "show", "show_lines", "warn"]


def print_json(value: Any) -> None:
    """Print a value as JSON in ASCII, which no terminal and no pipe can garble."""
    typer.echo(json.dumps(value, indent=2))


def print_bytes(content: bytes) -> None:
    """Print a file as it is, line ends and all."""
    typer.echo(content, nl=False)


def console() -> Console:
    """Return the terminal; Rich heeds NO_COLOR, COLUMNS and whether it is one."""
    from rich.console import Console  # noqa: PLC0415 -- not needed for JSON

    return Console(highlight=False, soft_wrap=False)


def show(what: RenderableType) -> None:
    """Print for people."""
    console().print(what)


def show_lines(what: RenderableType) -> None:
    """Print for people and for files: lines stay as long as they are."""
    console().print(what, soft_wrap=True)


def warn(text: str) -> None:
    """Say something on standard error that is no part of the answer."""
    typer.echo(f"hearback: {text}", err=True)
