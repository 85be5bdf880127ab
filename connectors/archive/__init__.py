"""Mail that lies still: an mbox file (Google Takeout), a Maildir tree or a folder of .eml files, read and never written to."""

from connectors.archive.archive import Archive, Skipped
from connectors.archive.census import Census
from connectors.archive.connector import ArchiveConnector

__all__ = ["Archive", "ArchiveConnector", "Census", "Skipped"]
