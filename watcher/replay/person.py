"""Who the user of an archive is: as the configuration says, as the command says, or by all appearances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.archive import Census
from rules.country import country_of_zone
from rules.policy import Policy, load_playbook, parse_policy
from rules.profile import Profile
from watcher.account import Account
from watcher.accounts import build_account, read_policy
from watcher.config import Config
from watcher.replay.play import ReplayError

__all__ = ["Person", "person_of"]

_NAME = "replay"
_NO_FORMS = "prep.enabled = false\nnotes.enabled = false\n"
"""What would have been drafted to the user alone is no part of what is told of the past."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose mailbox it is taken to be."""

    account: Account
    notes: tuple[str, ...]
    """What was assumed, in sentences."""


def person_of(census: Census, config: Config | None, own: frozenset[str], zone: str) -> Person:
    """Return the account that an archive is played as.

    `own`, where it names any, are the user's addresses beside those of the configuration; without either they are worked out of
    the mail. `zone` is what the command says, else that of the configuration or the machine. Raises ReplayError where nobody
    can be made out.
    """
    if config is not None and config.enabled:
        return _configured(census, config, own, zone)
    return _unknown(census, own, zone)


def _without_forms(policy: Policy) -> Policy:
    return parse_policy(_NO_FORMS, policy)


def _configured(census: Census, config: Config, own: frozenset[str], zone: str) -> Person:
    policy = _without_forms(read_policy(config))
    settings = max(config.enabled, key=lambda account: census.occurs(account.address))
    account = build_account(config, settings, policy)
    notes = [f"Played for {account.address}, as {config.path} has it."]
    addresses = account.own | own
    if not any(census.occurs(address) for address in addresses):
        found = census.owners()
        if not found:
            raise ReplayError(_NOBODY)
        notes.append(
            f"None of your addresses ({', '.join(sorted(addresses))}) occurs in this mailbox. It looks like that of "
            f"{', '.join(found)}: these count as yours here. Name your own with --own ADDRESS if that is wrong."
        )
        addresses |= set(found)
    profile = replace(account.profile, addresses=frozenset(addresses), zone=zone)
    return Person(replace(account, name=_NAME, kind="archive", profile=profile, beside=()), tuple(notes))


def _unknown(census: Census, own: frozenset[str], zone: str) -> Person:
    found = tuple(sorted(own, key=lambda address: (-census.occurs(address), address))) or census.owners()
    if not found:
        raise ReplayError(_NOBODY)
    name = next((name for address in found if (name := census.name_of(address))), found[0].partition("@")[0])
    profile = Profile(name=name, email=found[0], addresses=frozenset(found), zone=zone, country=country_of_zone(zone))
    account = Account(_NAME, "archive", found[0], profile, _without_forms(load_playbook("default")), timedelta(days=120))
    return Person(account, tuple(_told(name, found, zone, given=bool(own))))


def _told(name: str, found: tuple[str, ...], zone: str, *, given: bool) -> Iterator[str]:
    others = f", also {', '.join(found[1:])}" if found[1:] else ""
    if given:
        yield f"Played for {name} <{found[0]}>{others}."
    else:
        yield f"By all appearances this is the mailbox of {name} <{found[0]}>{others}. If that is wrong: --own ADDRESS."
    yield f"Times are those of {zone}. If that is not your time zone: --zone ZONE."


_NOBODY = "it cannot be made out whose mailbox this is. Name your address with --own ADDRESS (once for each that you use)."
