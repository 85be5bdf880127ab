"""`labels`: which mail carries labels of ours, in Outlook categories, and the user's word on whether it should."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from connectors.base import Mark
from watcher.cli.exits import Exit, UsageError, explain, worst
from watcher.cli.opening import open_config, open_store
from watcher.cli.printing import print_json, warn
from watcher.config import Account as Settings
from watcher.config import Config, GmailAccount, OutlookAccount
from watcher.lock import Lock, wake_daemon
from watcher.paths import StatePaths
from watcher.store.accounts import ensure_account
from watcher.store.marked import Wish, count_marked, set_wish, wish_of

if TYPE_CHECKING:
    from watcher.store import Store

__all__ = ["change_labels", "show_labels"]

_LABELS, _CATEGORIES = "labels", "categories"
_WORDS = {Wish.KEEP: "kept", Wish.RESTORE: "to be restored", Wish.REMOVE: "to be removed", Wish.NONE: "removed"}


def show_labels(path: Path, name: str | None, *, as_json: bool) -> None:
    """Say how much mail carries which label, as far as we have put it there."""
    config = open_config(path)
    chosen = _chosen(config, name)
    with open_store(config) as store:
        values = [_values(store, settings) for settings in chosen]
    _answer(chosen, values, as_json=as_json)


def change_labels(path: Path, name: str | None, *, remove: bool, as_json: bool) -> None:
    """Take the labels of one account, or of all, away for as long as the user does not want them back; or let them come back.

    What the user wants is stored first, and a daemon that runs does it at its next look: only one process may touch a mailbox.
    Without one the labels are removed here and now; a mailbox that fails is told, and left for the next look.
    """
    config = open_config(path)
    chosen = _chosen(config, name)
    lock = StatePaths(config.state_dir).lock
    codes: list[Exit] = []
    with open_store(config) as store:
        with store.write() as connection:
            for settings in chosen:
                ensure_account(connection, settings.name, settings.kind, settings.address)
                set_wish(connection, settings.name, Wish.REMOVE if remove else Wish.RESTORE)
        woken = wake_daemon(lock)
        if remove and not woken:
            with Lock(lock):
                codes = [_remove_now(store, settings) for settings in chosen]
        values = [_values(store, settings) for settings in chosen]
    _answer(chosen, values, as_json=as_json)
    if remove and not as_json:
        for word in dict.fromkeys(_word(settings.kind) for settings in chosen):
            smaller = ", and the sign-in asks for a smaller right" if word == _LABELS else ""
            typer.echo(
                f"`hearback labels --restore` puts them back. With `{word} = false` in the configuration there are none for "
                f"good{smaller}."
            )
    if code := worst(codes):
        raise typer.Exit(int(code))


def _chosen(config: Config, name: str | None) -> list[Settings]:
    """Return the accounts that are meant. Raises UsageError for those that carry no labels."""
    named = [config.account(name)] if name is not None else list(config.enabled)
    chosen = [settings for settings in named if _labelled(settings)]
    if chosen:
        return chosen
    if any(isinstance(settings, OutlookAccount) for settings in named):
        raise UsageError(
            "categories = false: what carries categories of ours is left as it is. Take the key out, run `hearback labels "
            "--remove`, and put it back."
        )
    if any(isinstance(settings, GmailAccount) for settings in named):
        raise UsageError(
            "labels = false: without it there is no right to remove labels either. Take the key out, sign in with "
            "`hearback login`, run `hearback labels --remove`, and put it back."
        )
    which = f"{name} is {_account_of(named[0].kind)}, which" if name is not None else "no account"
    raise UsageError(f"{which} carries {'no ' if name is not None else ''}labels of ours: there is nothing to show or to remove.")


def _account_of(kind: str) -> str:
    return f"{'an' if kind.startswith('i') else 'a'} {kind} account"


def _labelled(settings: Settings) -> bool:
    """Say whether mail of an account may be labelled: kinds that cannot have no such key."""
    return bool(getattr(settings, _word(settings.kind), False))


def _word(kind: str) -> str:
    """Return what marks are called in a kind of mailbox, which is the key of the configuration that switches them off."""
    return _CATEGORIES if kind == "outlook" else _LABELS


def _remove_now(store: Store, settings: Settings) -> Exit:
    from watcher.accounts import build_connector  # noqa: PLC0415 - only where a mailbox is touched
    from watcher.marking import take_away  # noqa: PLC0415

    connector = build_connector(settings)
    try:
        if connector.open().marks:
            take_away(settings.name, store, connector)
    except Exception as error:
        explained = explain(error)
        if explained is None:
            raise
        warn(f"{settings.name}: {explained[1]} They are taken away at the next look that succeeds.")
        return explained[0]
    finally:
        connector.close()
    return Exit.OK


def _values(store: Store, settings: Settings) -> dict[str, Any]:
    with store.read() as connection:
        wish, counts = wish_of(connection, settings.name), count_marked(connection, settings.name)
    return {
        "account": settings.name,
        "labels": _WORDS[wish],
        "messages": {mark.value: counts.get(mark, 0) for mark in Mark},
    }


def _answer(chosen: Sequence[Settings], values: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(values)
        return
    for settings, one in zip(chosen, values, strict=True):
        typer.echo(f"{settings.name}: {_sentence(one, _word(settings.kind))}")


def _sentence(one: dict[str, Any], word: str) -> str:
    match one["labels"]:
        case "removed":
            return f"no mail carries {word} of ours, and none will."
        case "to be removed":
            return f"the {word} are taken away at the next look."
        case "to be restored":
            return f"the {word} are put back at the next look."
        case _:
            told = [f"{count} {name}" for name, count in one["messages"].items() if count]
            if not told:
                return f"no mail carries {word} of ours so far; it comes with the next look."
            return f"{'labelled messages' if word == _LABELS else 'messages in categories of ours'}: {', '.join(told)}."
