"""What is done to Drafts: planned in the store first, then done, then written down. Killed anywhere, the next pass finishes it.

Order of one change: (1) the row with its operation and its Message-ID is committed (`plan`); (2) the mailbox is asked what
stands there; (3) the connector acts; (4) the outcome is committed (`apply`). A write of a dead process that lands late is
found by `reconcile`, which knows every Message-ID that was ever given out.
"""

from watcher.outbox.apply import apply, pending
from watcher.outbox.hold_back import hold_back
from watcher.outbox.ledger import Ledger
from watcher.outbox.moves import follow
from watcher.outbox.plan import plan
from watcher.outbox.recognise import recognise
from watcher.outbox.reconcile import reconcile

__all__ = ["Ledger", "apply", "follow", "hold_back", "pending", "plan", "recognise", "reconcile"]
