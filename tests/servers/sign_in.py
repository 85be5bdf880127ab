"""What the servers of a sign-in stand on: forms in, texts out, a clock that may be wrong, a question that is never answered."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.servers import answering
from tests.servers.answering import Loopback, Request

__all__ = ["Answer", "SignInServer"]


@dataclass(slots=True)
class Answer:
    """What to say."""

    status: int
    body: str
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class SignInServer(Loopback):
    """A server on a free port, for as long as it is entered; subclasses know what to say."""

    def __init__(self, certificate: Path | None = None) -> None:
        """Take what a server takes."""
        super().__init__(certificate)
        self.skew = timedelta(0)
        """How far its clock is ahead of ours."""
        self.stalls = threading.Event()
        """Set: the token endpoint says nothing until `released`."""
        self.released = threading.Event()

    @abstractmethod
    def say(self, verb: str, path: str, fields: dict[str, str], headers: Mapping[str, str]) -> Answer:
        """Answer a question: `fields` are those of the query or the form, names of `headers` are in lower case."""

    def stall(self) -> None:
        """Say nothing for as long as a test wants it."""
        if self.stalls.is_set():
            self.released.wait(30)

    def answer(self, request: Request) -> answering.Answer:
        """Answer anything that comes."""
        parts = urlsplit(request.target)
        form = parts.query if request.verb == "GET" else request.body.decode()
        fields = {key: each[0] for key, each in parse_qs(form, keep_blank_values=True).items()}
        said = self.say(request.verb, parts.path, fields, request.headers)
        date = format_datetime(datetime.now(UTC) + self.skew, usegmt=True)
        return answering.Answer(said.status, said.body.encode(), {"Date": date, **said.headers}, said.kind)

    def __exit__(self, *args: object) -> None:
        """Stop; what stalls goes on."""
        self.released.set()
        super().__exit__(*args)
