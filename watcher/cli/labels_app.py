"""The command `labels`, with what it takes."""

from __future__ import annotations

from typing import Annotated

import typer

from watcher.cli.options import ConfigOption, JsonOption, config_path

__all__ = ["labels"]


def labels(  # noqa: PLR0917 - the options of the command
    ctx: typer.Context,
    account: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="The NAME of [accounts.NAME]; else all.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take all labels of ours away; they stay away.")] = False,
    restore: Annotated[bool, typer.Option("--restore", help="Put them back.")] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show which labels of ours (in Outlook: categories) received mail carries, take them all away, or put them back."""
    from watcher.cli.exits import UsageError  # noqa: PLC0415
    from watcher.cli.labelling import change_labels, show_labels  # noqa: PLC0415

    if remove and restore:
        raise UsageError("--remove and --restore are opposites: give one of them.")
    path = config_path(ctx, config)
    if remove or restore:
        change_labels(path, account, remove=remove, as_json=json)
    else:
        show_labels(path, account, as_json=json)
