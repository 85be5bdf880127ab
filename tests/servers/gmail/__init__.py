"""Gmail for tests: a fake that judges each request, an emulator by others, and a front before that which judges as well."""

from tests.servers.faults import Act, Fault
from tests.servers.gmail.bulk import Bulk
from tests.servers.gmail.mailbox import Mailbox, Quirks
from tests.servers.gmail.mime import Look
from tests.servers.gmail.server import FakeGmail
from tests.servers.gmail.store import Label, Stored, StoredDraft

__all__ = ["Act", "Bulk", "FakeGmail", "Fault", "Label", "Look", "Mailbox", "Quirks", "Stored", "StoredDraft"]
