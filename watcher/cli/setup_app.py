"""The commands that set an account up, with what each takes."""

from __future__ import annotations

from typing import Annotated

import typer

from watcher.cli.options import ConfigOption, JsonOption, config_path

__all__ = ["check", "login"]


def login(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The NAME of [accounts.NAME].")],
    no_browser: Annotated[
        bool,
        typer.Option(
            "--no-browser",
            help="At Google: print the link, and take the address that you end at. At Microsoft: a code for a browser anywhere.",
        ),
    ] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="Forget it instead; at Google, take the access back.")] = False,
    config: ConfigOption = None,
) -> None:
    """Sign in: at Google and Microsoft in your browser, elsewhere by a password for the keyring."""
    from watcher.cli.setting_up import forget_secret, put_secret  # noqa: PLC0415

    if revoke:
        forget_secret(config_path(ctx, config), account)
    else:
        put_secret(config_path(ctx, config), account, browser=not no_browser)


def check(ctx: typer.Context, config: ConfigOption = None, json: JsonOption = False) -> None:
    """Try everything out: state, secrets, servers, folders. Changes nothing in a mailbox."""
    from watcher.cli.setting_up import check_all  # noqa: PLC0415

    check_all(config_path(ctx, config), as_json=json)
