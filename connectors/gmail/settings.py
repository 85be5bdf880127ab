"""What the user says about one Gmail account."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from connectors.endpoint import is_private
from connectors.errors import Misconfigured

if TYPE_CHECKING:
    from connectors.auth.google.credentials import GoogleCredentials

__all__ = ["GOOGLE", "GmailSettings"]

GOOGLE: Final = "https://gmail.googleapis.com"


@dataclass(frozen=True, slots=True)
class GmailSettings:
    """One account. Times are seconds."""

    service: ClassVar[str] = "Gmail"
    address: str
    """The mailbox that is meant; another one that the sign-in turns out to belong to is refused."""
    credentials: Callable[[], GoogleCredentials] = field(repr=False, compare=False)
    """Returns credentials that renew themselves; asked at each `open` and never kept longer. May raise AuthNeeded."""
    renew: str = "sign in again with `hearback login`"
    """How the user signs in anew, as the end of a sentence; for messages."""
    endpoint: str = GOOGLE
    """Scheme, host and port of the service."""
    labels: bool = True
    """Whether received mail may be labelled."""
    timeout: float = 30.0
    """How long any answer may take."""
    page_size: int = 500
    """Messages in one page of a listing (at most 500 by the reference of users.messages.list); one of changes has at most 50."""
    pause: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)
    """Waits before another try, eight seconds at most. What it raises ends what is being done: so a stop need not wait."""

    def __post_init__(self) -> None:
        """Raise Misconfigured for what can never work."""
        if not self.address:
            raise Misconfigured("No address of the Gmail account is named: set `address`.")
        if self.timeout <= 0 or not 1 <= self.page_size <= 500:  # noqa: PLR2004 - see above
            raise Misconfigured("`timeout` must be greater than zero, and `page_size` between 1 and 500.")
        if not is_private(self.endpoint):
            raise Misconfigured(f"Gmail is asked at an https address, or at http on this machine, and not at {self.endpoint!r}.")
