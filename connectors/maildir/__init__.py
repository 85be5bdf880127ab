"""A mailbox in local files: Maildir, Maildir++ and the trees that mail synchronisers lay out."""

from connectors.maildir.connector import MaildirConnector
from connectors.maildir.layout import MaildirSettings, create_maildir

__all__ = ["MaildirConnector", "MaildirSettings", "create_maildir"]
