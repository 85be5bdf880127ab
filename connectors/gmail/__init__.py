"""The connector to Gmail by its own API (https://developers.google.com/workspace/gmail/api/reference/rest)."""

from connectors.gmail.connector import GmailConnector
from connectors.gmail.settings import GmailSettings

__all__ = ["GmailConnector", "GmailSettings"]
