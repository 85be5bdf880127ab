"""Microsoft Graph's mail for tests: a fake that judges each request."""

from tests.servers.faults import Act, Fault
from tests.servers.graph.bulk import Bulk
from tests.servers.graph.mailbox import Mailbox
from tests.servers.graph.quirks import Quirks
from tests.servers.graph.server import SCOPES, FakeGraph
from tests.servers.graph.store import Folder, Item

__all__ = ["SCOPES", "Act", "Bulk", "FakeGraph", "Fault", "Folder", "Item", "Mailbox", "Quirks"]
