"""What the checks found in the drafts that stand, once for each state of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from rules.drafts.types import DraftKey
from rules.lint.types import Finding
from watcher.store.among import Accounts, among
from watcher.store.dialect import upsert
from watcher.store.tables import proof

__all__ = ["ProofRow", "forget_proofs", "proofs_of", "put_proof"]


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One draft as it was checked."""

    account: str
    key: DraftKey
    process: str
    fingerprint: str
    """Of all that the checks went by: a change of it is a reason to check again."""
    revision: str
    """Of the draft in the mailbox: a change of it is a reason to read it again."""
    text: str
    """What the user made of it, without what is quoted; empty for a draft that is as we wrote it."""
    findings: tuple[Finding, ...]


def proofs_of(connection: Connection, account: Accounts) -> dict[DraftKey, ProofRow]:
    """Return what was found in the drafts of an account or several."""
    query = select(proof).where(among(proof.c.account, account))
    rows = (
        ProofRow(r.account, DraftKey.parse(r.key), r.process, r.fingerprint, r.revision, r.text, r.findings)
        for r in connection.execute(query)
    )
    return {row.key: row for row in rows}


def put_proof(connection: Connection, row: ProofRow) -> None:
    """Store what was found in a draft, in place of what was found before."""
    values = {name: getattr(row, name) for name in ProofRow.__slots__} | {"key": str(row.key)}
    upsert(connection, proof, values, key=["account", "key"])


def forget_proofs(connection: Connection, account: str, keys: Collection[DraftKey]) -> None:
    """Forget what was found in drafts that do not stand any more."""
    for key in keys:
        connection.execute(delete(proof).where(proof.c.account == account, proof.c.key == str(key)))
