"""What Microsoft's sign-in knows: users, directories, the registration, and the tokens it has given.

Behaviour is that of the public pages below https://learn.microsoft.com/entra/identity-platform/: v2-oauth2-auth-code-flow,
v2-oauth2-device-code, refresh-tokens, reply-url, v2-protocols#endpoints, and reference-error-codes for the numbers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

__all__ = ["CLIENT_ID", "CONSUMERS", "TENANT", "Refusal", "SignInWorld", "User", "back_with"]

CLIENT_ID = "11112222-bbbb-3333-cccc-4444dddd5555"
TENANT = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The directory of personal accounts (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference)."""
_LOCALHOST = re.compile(r"http://localhost(:\d+)?(/)?")
"""https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions: the port does not count."""
_RESERVED = {"openid", "profile", "email", "offline_access"}
_TRACE = "Trace ID: 0000aaaa-11bb-cccc-dd33-{0} Correlation ID: aaaa0000-bb11-2222-33cc-{0} Timestamp: 2026-03-02 08:30:{1:02}Z"


class Refusal(Exception):
    """An error answer: `error`, number, what is said, `suberror`."""

    def __init__(self, error: str, number: int, said: str, suberror: str = "", status: int = 400) -> None:
        """Take the parts of it."""
        super().__init__(error)
        self.error, self.number, self.said, self.suberror, self.status = error, number, said, suberror, status

    def told(self, count: int) -> dict[str, Any]:
        """Return it as the token endpoint tells it, with numbers that are other ones for each answer."""
        trace = _TRACE.format(f"{count:012}", count % 60)
        told: dict[str, Any] = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.said} {trace}" if self.number else self.said,
            "error_codes": [self.number],
            "timestamp": f"2026-03-02 08:30:{count % 60:02}Z",
            "trace_id": f"0000aaaa-11bb-cccc-dd33-{count:012}",
            "correlation_id": f"aaaa0000-bb11-2222-33cc-{count:012}",
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        return told | ({"suberror": self.suberror} if self.suberror else {})


@dataclass(slots=True)
class User:
    """Somebody who can sign in."""

    name: str
    """What they sign in with."""
    mail: str = ""
    personal: bool = False
    tenant: str = TENANT
    uid: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def home(self) -> str:
        """Return the directory they belong to."""
        return CONSUMERS if self.personal else self.tenant


@dataclass(slots=True)
class _Device:
    form: dict[str, str]
    user_code: str
    asked: int = 0


class SignInWorld:
    """Whoever opens the page is `user`, and allows all that is asked unless an attribute says otherwise."""

    def __init__(self) -> None:
        """Know one user of one directory."""
        self.guard = threading.RLock()
        self.user = User("sam@example.com", "sam@example.com")
        self.directories = {TENANT: TENANT, "example.com": TENANT}
        """Names of the directories there are, each with its id."""
        self.only_directory = ""
        """The application is for this directory only."""
        self.public = True
        """Public client flows are allowed (https://learn.microsoft.com/entra/identity-platform/msal-client-applications)."""
        self.redirects = True
        """http://localhost is registered."""
        self.refuses: Refusal | None = None
        """What the token endpoint says to every good question."""
        self.denies: Refusal | None = None
        """What the page sends the browser back with."""
        self.granted: str | None = None
        """The rights that the token endpoint names; None: those asked for."""
        self.gives_refresh_token = True
        self.single_use = False
        """Refresh tokens are good once: stricter than Microsoft, so that a lost one shows."""
        self.lifetime: Any = 3599
        self.pending = 0
        """How often a device code is not done yet."""
        self.slow_downs = 0
        """How often somebody asks too fast, before that."""
        self.device_ends: Refusal | None = None
        self.interval = 5
        self.asked: list[dict[str, str]] = []
        """The questions to the page."""
        self.forms: list[dict[str, str]] = []
        """The forms sent to the token endpoint."""
        self.refresh_tokens: dict[str, User] = {}
        """Good ones."""
        self.access_tokens: dict[str, tuple[User, frozenset[str]]] = {}
        """Those given, with whose they are and their rights."""
        self.on_token: Callable[[str, User, frozenset[str]], None] = lambda *_: None
        """Is told of each access token, whose it is, and its rights by their bare names: for whoever is shown it."""
        self._codes: dict[str, dict[str, str]] = {}
        self._devices: dict[str, _Device] = {}

    # ------------------------------------------------------------------------------------------------------- the endpoints

    def configuration(self, tenant: str, base: str) -> dict[str, Any]:
        """Return the document of a directory (https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc)."""
        home = self._directory(tenant)
        return {
            "issuer": f"{base}/{home or '{tenantid}'}/v2.0",
            "authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/{tenant}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/devicecode",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "cloud_instance_name": "microsoftonline.com",
        }

    def authorize(self, tenant: str, asked: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Return where the browser is sent, and the fields that it brings there. Raises Refusal, shown on the page itself."""
        self.asked.append(asked)
        self._registered(tenant, asked.get("client_id", ""))
        back = asked.get("redirect_uri", "")
        if not self.redirects or not _LOCALHOST.fullmatch(back):
            raise Refusal("invalid_request", 50011, f"The redirect URI '{back}' does not match those of the application.")
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert asked["response_mode"] in {"query", "form_post"}
        assert {"openid", "profile", "offline_access"} <= set(asked["scope"].split())
        try:
            self._belongs(tenant)
            if self.denies is not None:
                raise self.denies
        except Refusal as refusal:
            told = refusal.told(len(self.asked))
            return back, {"error": refusal.error, "error_description": told["error_description"], "state": asked["state"]}
        code = f"1.{secrets.token_urlsafe(60)}"
        self._codes[code] = asked | {"tenant": tenant}
        return back, {"code": code, "state": asked["state"], "session_state": secrets.token_hex(8)}

    def device(self, tenant: str, form: dict[str, str]) -> dict[str, Any]:
        """Return a device code. Raises Refusal."""
        self._registered(tenant, form.get("client_id", ""))
        assert {"openid", "profile", "offline_access"} <= set(form["scope"].split())
        code = secrets.token_urlsafe(60)
        user_code = secrets.token_hex(4).upper()
        self._devices[code] = _Device(form, user_code)
        link = "https://microsoft.com/devicelogin"
        return {
            "user_code": user_code,
            "device_code": code,
            "verification_uri": link,
            "expires_in": 900,
            "interval": self.interval,
            "message": f"To sign in, use a web browser to open the page {link} and enter the code {user_code} to authenticate.",
        }

    def token(self, tenant: str, form: dict[str, str]) -> dict[str, Any]:
        """Answer the token endpoint. Raises Refusal."""
        with self.guard:
            self.forms.append(form)
            self._registered(tenant, form.get("client_id", ""))
            if "client_secret" in form:
                raise Refusal("invalid_client", 700025, "Client is public so no secret should be presented.", status=401)
            match form.get("grant_type"):
                case "authorization_code":
                    return self._redeem(tenant, form)
                case "refresh_token":
                    return self._renew(form)
                case "urn:ietf:params:oauth:grant-type:device_code":
                    return self._poll(form)
            raise Refusal("unsupported_grant_type", 70003, "The app requested an unsupported grant type.")

    def owner(self, authorization: str) -> User | None:
        """Return whose access token it is; None where it is none."""
        found = self.access_tokens.get(authorization.removeprefix("Bearer "))
        return found[0] if found else None

    # ------------------------------------------------------------------------------------------------------------ how it decides

    def _redeem(self, tenant: str, form: dict[str, str]) -> dict[str, Any]:
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None:
            raise Refusal("invalid_grant", 54005, "OAuth2 Authorization code was already redeemed.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            raise Refusal("invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied.")
        if form.get("redirect_uri") != asked["redirect_uri"]:
            raise Refusal("invalid_client", 50011, "The redirect URI does not match.")
        if tenant != asked["tenant"]:
            raise Refusal("invalid_grant", 700005, "Provided Authorization Code is intended to use against other tenant.")
        self._secretless()
        return self._given(self.user, form, asked.get("nonce", ""))

    def _renew(self, form: dict[str, str]) -> dict[str, Any]:
        self._secretless()
        token = form.get("refresh_token", "")
        user = self.refresh_tokens.get(token)
        if user is None:
            raise Refusal(
                "invalid_grant",
                50173,
                "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
                "bad_token",
            )
        if self.single_use:
            del self.refresh_tokens[token]
        return self._given(user, form)

    def _poll(self, form: dict[str, str]) -> dict[str, Any]:
        self._secretless()
        device = self._devices.get(form.get("device_code", ""))
        if device is None:
            raise Refusal("bad_verification_code", 70018, "The device code was not recognised.")
        device.asked += 1
        if device.asked <= self.slow_downs:
            raise Refusal("slow_down", 0, "Polling too fast.")
        if device.asked <= self.slow_downs + self.pending:
            raise Refusal("authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending.")
        if self.device_ends is not None:
            raise self.device_ends
        del self._devices[form["device_code"]]
        return self._given(self.user, form | {"scope": device.form["scope"]})

    def _given(self, user: User, form: dict[str, str], nonce: str = "") -> dict[str, Any]:
        if self.refuses is not None:
            raise self.refuses
        scopes = form.get("scope", "")
        assert "Mail.Send" not in scopes
        rights = [scope for scope in scopes.split() if scope not in _RESERVED]
        access = f"EwB.{secrets.token_urlsafe(60)}"
        self.access_tokens[access] = (user, frozenset(rights))
        self.on_token(access, user, frozenset(right.rpartition("/")[2] for right in rights))
        told: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": " ".join(rights) if self.granted is None else self.granted,
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": access,
            "id_token": _token(user, form.get("client_id", ""), nonce),
        }
        if form.get("client_info") == "1":
            told["client_info"] = _coded({"uid": user.uid, "utid": user.home})
        if self.gives_refresh_token and "offline_access" in scopes.split():
            refresh = f"M.C5_BAY.{secrets.token_urlsafe(60)}"
            self.refresh_tokens[refresh] = user
            told["refresh_token"] = refresh
        return told

    def _directory(self, tenant: str) -> str:
        """Return the id of a directory; empty for those that stand for many. Raises Refusal."""
        if tenant in {"common", "organizations"}:
            return ""
        if tenant in {"consumers", CONSUMERS}:
            return CONSUMERS
        if tenant not in self.directories:
            said = f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
            raise Refusal("invalid_tenant", 90002, said)
        return self.directories[tenant]

    def _registered(self, tenant: str, client: str) -> None:
        home = self._directory(tenant)
        if client != CLIENT_ID or (self.only_directory and home and home != self.only_directory):
            said = f"Application with identifier '{client}' was not found in the directory '{tenant}'."
            raise Refusal("unauthorized_client", 700016, said)
        if self.only_directory and not home:
            said = f"Application '{client}' is not configured as a multi-tenant application."
            raise Refusal("invalid_request", 50194, said)

    def _belongs(self, tenant: str) -> None:
        home = self._directory(tenant)
        if (tenant == "organizations" and self.user.personal) or (home and home != self.user.home):
            said = f"User account '{{EmailHidden}}' from identity provider 'live.com' does not exist in tenant '{tenant}'."
            raise Refusal("invalid_request", 50020, said)

    def _secretless(self) -> None:
        if not self.public:
            said = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
            raise Refusal("invalid_client", 7000218, said, status=401)


def back_with(back: str, fields: dict[str, str]) -> str:
    """Return the address that a browser is sent to in the mode `query`."""
    return f"{back}{'' if back.endswith('/') else '/'}?{urlencode(fields)}"


def _token(user: User, client: str, nonce: str) -> str:
    claims = {
        "aud": client,
        "iss": f"https://login.microsoftonline.com/{user.home}/v2.0",
        "sub": f"sub-{user.uid}",
        "oid": f"oid-{user.uid}",
        "preferred_username": user.name,
        "tid": user.home,
        "exp": 4_102_444_800,
        "iat": 1_767_225_600,
        "ver": "2.0",
    } | ({"nonce": nonce} if nonce else {})
    return ".".join([_coded({"typ": "JWT", "alg": "RS256"}), _coded(claims), "c2lnbmF0dXJl"])


def _coded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
