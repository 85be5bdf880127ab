"""Microsoft's sign-in for programs on the user's own machine (https://learn.microsoft.com/entra/identity-platform/v2-protocols).

What stands here is cheap to import; msal comes with `flow` and `renewing`, 150 ms of it.
"""

from connectors.auth.microsoft.grant import Grant, GrantUnreadable, read_grant
from connectors.auth.microsoft.registration import Registration
from connectors.auth.microsoft.scopes import graph_scopes, missing_scopes

__all__ = ["Grant", "GrantUnreadable", "Registration", "graph_scopes", "missing_scopes", "read_grant"]
