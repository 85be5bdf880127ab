"""The contract of a mailbox: one suite for every connector.

A back-end's test module gives a fixture `harness` and a subclass, and nothing else:

    class TestDovecot(ContractSuite): ...

Clauses depend on what `open` tells in `Capabilities`, never on which server it is.
"""

from __future__ import annotations

from tests.connectors.contract_changes import ChangesClauses
from tests.connectors.contract_drafts import DraftClauses
from tests.connectors.contract_wait import WaitClauses

__all__ = ["ContractSuite"]


class ContractSuite(ChangesClauses, WaitClauses, DraftClauses):
    """Every clause of `connectors.base`."""
