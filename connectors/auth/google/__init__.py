"""Google's sign-in for programs on the user's own machine (https://developers.google.com/identity/protocols/oauth2/native-app).

What stands here is cheap to import; Google's libraries come with `credentials` and `flow`.
"""

from connectors.auth.google.client import GoogleClient, read_client
from connectors.auth.google.grant import FULL_MAIL, Grant, GrantUnreadable, gmail_scopes, missing_scopes, read_grant
from connectors.auth.google.identity import same_mailbox

__all__ = [
    "FULL_MAIL",
    "GoogleClient",
    "Grant",
    "GrantUnreadable",
    "gmail_scopes",
    "missing_scopes",
    "read_client",
    "read_grant",
    "same_mailbox",
]
