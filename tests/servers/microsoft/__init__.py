"""Microsoft's sign-in on loopback, over TLS."""

from tests.servers.microsoft.accounts import CLIENT_ID, TENANT, Refusal, SignInWorld, User
from tests.servers.microsoft.server import MicrosoftSignIn

__all__ = ["CLIENT_ID", "TENANT", "MicrosoftSignIn", "Refusal", "SignInWorld", "User"]
