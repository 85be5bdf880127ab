"""A mailbox on an IMAP server."""

from connectors.imap.connector import ImapConnector
from connectors.imap.settings import Auth, ImapSettings, Security

__all__ = ["Auth", "ImapConnector", "ImapSettings", "Security"]
