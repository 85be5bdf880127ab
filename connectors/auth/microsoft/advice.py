"""What to do about an error of Microsoft's sign-in, by the number behind its AADSTS.

The numbers choose nothing but these words: Microsoft may change them. Their meanings:
https://learn.microsoft.com/entra/identity-platform/reference-error-codes#aadsts-error-codes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from connectors.auth.microsoft.registration import Registration

__all__ = ["TRANSIENT", "advice_on", "compare"]

TRANSIENT: Final = frozenset({40010, 50033, 50087, 70012, 80002, 80014, 90006, 90012, 90024, 90033, 90055, 90090, 90091})
"""Numbers of what goes away by itself."""

_PORTAL: Final = "https://entra.microsoft.com, under Entra ID > App registrations"
_README: Final = 'README, "Outlook.com and Microsoft 365"'


class _Advice(NamedTuple):
    numbers: frozenset[int]
    text: str
    """A sentence without its full stop; `{start}`, `{client}`, `{tenant}` and `{portal}` are filled in."""


_CONSENT: Final = _Advice(
    frozenset({65001, 65004, 50085}),
    "Its rights have not been agreed to, or were taken back. {start}; where the page says that approval is needed, an "
    "administrator of your organisation has to grant them to the application {client}, under Enterprise applications > "
    "Permissions",
)
_PASSWORD: Final = _Advice(
    frozenset({50055, 50125, 50132, 50133, 50135, 50144}),
    "The password has run out or was changed. Change it if it has to be, then: {start}",
)
_ALL: Final = (
    _CONSENT,
    _PASSWORD,
    _Advice(
        frozenset({90093, 90094, 90095, 650056}),
        "Your organisation wants an administrator to agree first: one has to grant its rights to the application {client}, under "
        "Enterprise applications > Permissions. Then: {start}",
    ),
    _Advice(
        frozenset({50105}),
        "Only some people may use the application {client}: an administrator of your organisation has to assign you to it, under "
        "Enterprise applications > Users and groups",
    ),
    _Advice(
        frozenset({50072, 50074, 50076, 50078, 50079, 53004, 53010}),
        "Your organisation wants a further proof of who you are (multifactor authentication). {start}, and give it on the page",
    ),
    _Advice(
        frozenset({50002, 50005, 50097, 50131, 50155, 50158, 50187, 53000, 53001, 53002, 53003, 53011}),
        "A rule of your organisation (Conditional Access) stands against it. {start}, on a machine and in a network that it "
        "allows, and in the browser: the way of --no-browser is forbidden more often. Where that does not help, an administrator "
        "has to allow the application {client}",
    ),
    _Advice(
        frozenset({500021, 500022, 530032, 530034, 530035}),
        "A rule of your organisation stands against it: an administrator has to allow the application {client}. Then: {start}",
    ),
    _Advice(
        frozenset({50053, 50057}),
        "The account is locked or switched off: an administrator of your organisation can let it in again, for a personal one "
        "https://account.live.com/acsr",
    ),
    _Advice(
        frozenset({50089, 50173, 70000, 70008, 70043, 700082, 700084}),
        "It was revoked, has run out, or was not used for long. {start}",
    ),
    _Advice(
        frozenset({70002, 7000215, 7000218, 9002325, 9002326, 9002327}),
        "The application is taken for one that keeps a secret, or for a page. Open it at {portal}, and under Authentication add "
        "http://localhost as a redirect URI of the platform 'Mobile and desktop applications' (not 'Web' or 'Single-page "
        "application'), and allow public client flows",
    ),
    _Advice(
        frozenset({50011, 70004, 500113, 900971}),
        "Add http://localhost as a redirect URI of the platform 'Mobile and desktop applications' to the application, at "
        "{portal}",
    ),
    _Advice(
        frozenset({70001, 700011, 700016, 1000031, 7000112}),
        "The application {client} is not known in the directory '{tenant}', or is switched off. Compare client_id with its "
        "'Application (client) ID', and tenant with where it is registered: one of a single directory needs the id or a domain "
        "of that",
    ),
    _Advice(
        frozenset({50194}),
        "The application is for one directory only: write the id or a domain of that as tenant in the configuration, or make the "
        "application one for more, under Authentication > Supported account types",
    ),
    _Advice(
        frozenset({90124, 90130, 500208, 9001023, 9002331, 9002332, 9002346}),
        'Application and account are of different kinds: tenant = "consumers" is for personal accounts, "organizations" for '
        "those of "
        "work or school, and the application has to be registered for them, under Authentication > Supported account types",
    ),
    _Advice(
        frozenset({16000, 16003, 50014, 50020, 50034, 50059, 50128, 51004, 90072, 500212, 500213}),
        "The account does not belong to the directory '{tenant}'. Write another tenant in the configuration (\"common\" is for "
        "all accounts), or sign in with an account of it",
    ),
    _Advice(
        frozenset({90002, 90019, 90038, 90043, 900021, 900023}),
        "There is no directory '{tenant}' here. Correct tenant in the configuration: \"common\", or the 'Directory (tenant) ID'; "
        "national clouds have an authority_url of their own",
    ),
    _Advice(
        frozenset({28002, 65005, 70011, 650052, 650053, 650057}),
        "The application asks for rights that the service does not know: api_url has to be that of the same cloud as "
        "authority_url",
    ),
    _Advice(frozenset({54005, 70018, 70019, 501481, 700005}), "What the page gave is good once, and not for long. {start}"),
    _Advice(frozenset({50196}), "It was asked too often in a short time. Wait an hour, and then: {start}"),
)


def advice_on(numbers: Collection[int], suberror: str, registration: Registration, start: str) -> str:
    """Return what to do, as a sentence without its full stop; empty where nothing special is known.

    `start` is how to begin anew, as a sentence of its own.
    """
    found = next((one for one in _ALL if one.numbers & set(numbers)), None)
    if found is None and suberror == "consent_required":
        found = _CONSENT
    if found is None and suberror == "user_password_expired":
        found = _PASSWORD
    if found is None:
        return ""
    return found.text.format(start=start, client=registration.client_id, tenant=registration.tenant, portal=_PORTAL)


def compare(registration: Registration) -> str:
    """Return what to look at where the application, or how it asks, is not as it should be; a sentence without its full stop."""
    return (
        f"Compare client_id ({registration.client_id}) and tenant ({registration.tenant}) with the registration of the "
        f"application, at {_PORTAL}. {_README}, goes through it"
    )
