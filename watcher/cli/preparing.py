"""What stands before the command, and what holds for all of them."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from watcher.cli.options import ConfigOption, Globals

__all__ = ["prepare"]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 -- only where it is asked for

        typer.echo(f"hearback {version('hearback-mail')}")
        raise typer.Exit


def prepare(
    ctx: typer.Context,
    config: ConfigOption = None,
    debug: Annotated[bool, typer.Option("--debug", help="Tell more, with the details of what goes wrong.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Keep what was given before the command."""
    del version
    os.umask(0o077)  # whatever is written is the user's alone
    ctx.obj = Globals(config, debug)
