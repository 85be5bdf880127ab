"""The commands below `config`, with what each takes."""

from __future__ import annotations

import typer

from watcher.cli.options import ConfigOption, JsonOption, config_path

__all__ = ["config_app"]

config_app = typer.Typer(no_args_is_help=True, help="Look at the configuration.")


@config_app.command("show")
def config_show(ctx: typer.Context, config: ConfigOption = None, json: JsonOption = False) -> None:
    """Print the configuration with all defaults filled in."""
    from watcher.cli.setting_up import show_config  # noqa: PLC0415

    show_config(config_path(ctx, config), as_json=json)


@config_app.command("check")
def config_check(ctx: typer.Context, config: ConfigOption = None) -> None:
    """Tell everything that is wrong with the configuration."""
    from watcher.cli.setting_up import check_config  # noqa: PLC0415

    check_config(config_path(ctx, config))
