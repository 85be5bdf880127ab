"""What the user says about one Outlook account: Outlook.com or Microsoft 365, through Microsoft Graph."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final

from connectors.endpoint import is_private
from connectors.errors import Misconfigured

__all__ = ["GRAPH", "OutlookSettings"]

GRAPH: Final = "https://graph.microsoft.com"
_MOST_ON_A_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class OutlookSettings:
    """One account. Times are seconds."""

    service: ClassVar[str] = "Outlook"
    address: str
    """The mailbox that is meant; another one that the sign-in turns out to belong to is refused."""
    token: Callable[[bool], str] = field(repr=False, compare=False)
    """Returns an access token; called with True after the service refused the last one, which must not be given again.

    May raise AuthNeeded, Misconfigured, Unavailable.
    """
    renew: str = "sign in again with `hearback login`"
    """How the user signs in anew, as the end of a sentence; for messages."""
    mailbox: str = ""
    """A shared or delegated mailbox that the signed-in user may open, by its address; empty: the user's own."""
    endpoint: str = GRAPH
    """Scheme, host and port of the service: national clouds have their own."""
    categories: bool = True
    """Whether received mail may carry our categories."""
    category_colors: bool = False
    """Whether those have colours of ours, which takes the right MailboxSettings.ReadWrite."""
    schedule_send: bool = False
    """Whether a draft carries the time at which its slot opens as the one before which it shall not leave."""
    timeout: float = 30.0
    """How long any answer may take."""
    page_size: int = 200
    """Messages in one page of a listing, as it is asked for with `Prefer: odata.maxpagesize`."""
    pause: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)
    """Waits before another try, eight seconds at most. What it raises ends what is being done: so a stop need not wait."""

    def __post_init__(self) -> None:
        """Raise Misconfigured for what can never work."""
        if not self.address:
            raise Misconfigured("No address of the Outlook account is named: set `address`.")
        if self.timeout <= 0 or not 1 <= self.page_size <= _MOST_ON_A_PAGE:
            raise Misconfigured(f"`timeout` must be greater than zero, and `page_size` between 1 and {_MOST_ON_A_PAGE}.")
        if not is_private(self.endpoint):
            raise Misconfigured(
                f"Microsoft Graph is asked at an https address, or at http on this machine, and not at {self.endpoint!r}."
            )
