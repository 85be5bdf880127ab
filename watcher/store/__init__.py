"""What must survive a restart, in one SQLite file. The only package that knows the database."""

from sqlalchemy import Connection

from watcher.store.store import Store, StoreDamaged, StoreError, StoreFull

__all__ = ["Connection", "Store", "StoreDamaged", "StoreError", "StoreFull"]
