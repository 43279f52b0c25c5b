"""ID-porten and Entra ID, from the environment. Each is on when all its variables are set, and off without them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from portal import env

IDPORTEN, ENTRA = "idporten", "entra"
# What each cannot do without.
NEEDED = {
    IDPORTEN: ("IDPORTEN_CLIENT_ID", "IDPORTEN_CLIENT_SECRET"),
    ENTRA: ("ENTRA_TENANT_ID", "ENTRA_CLIENT_ID", "ENTRA_CLIENT_SECRET"),
}
# ID-porten's levels of assurance, weakest first. MinID is substantial; BankID, Buypass and Commfides are high.
LEVELS = ("idporten-loa-low", "idporten-loa-substantial", "idporten-loa-high")


def from_environment() -> list[dict[str, Any]]:
    """The connectors that are on, as allauth wants them (SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])."""
    build = {IDPORTEN: _idporten, ENTRA: _entra}
    return [
        build[name]() for name, variables in NEEDED.items() if all(env.text(variable, "") for variable in variables)
    ]


def half_configured() -> dict[str, list[str]]:
    """The connectors of which something is set, each with what is missing."""
    missing = {name: [one for one in needed if not env.text(one, "")] for name, needed in NEEDED.items()}
    return {name: gone for name, gone in missing.items() if gone and len(gone) < len(NEEDED[name])}


def second_factor_from() -> list[str]:
    """The connectors whose own second factor opens the office; none unless the installation says so."""
    names = env.words("SECOND_FACTOR_FROM", "")
    if unknown := sorted(set(names) - set(NEEDED)):
        raise ImproperlyConfigured(f"SECOND_FACTOR_FROM names {', '.join(unknown)}; write idporten, entra or both.")
    return names


def _idporten() -> dict[str, Any]:
    wanted = env.text("IDPORTEN_ACR", "idporten-loa-substantial")
    if wanted not in LEVELS:
        raise ImproperlyConfigured(f"IDPORTEN_ACR is {wanted!r}; write one of {', '.join(LEVELS)}.")
    return _app(
        IDPORTEN,
        "ID-porten",
        server_url=_address("IDPORTEN_URL", "https://idporten.no"),
        auth_params={"acr_values": wanted},
        accepted_acr=LEVELS[LEVELS.index(wanted) :],
        strong_acr=LEVELS[1:],
    )


def _entra() -> dict[str, Any]:
    tenant = env.text("ENTRA_TENANT_ID", "")
    return _app(
        ENTRA,
        "Microsoft Entra ID",
        server_url=f"{_address('ENTRA_URL', 'https://login.microsoftonline.com')}/{tenant}/v2.0",
        tenant=tenant,
        strong_amr=("mfa",),
        staff_only=True,
    )


def _app(provider_id: str, name: str, **settings: Any) -> dict[str, Any]:
    return {
        "provider_id": provider_id,
        "name": name,
        "client_id": env.text(f"{provider_id.upper()}_CLIENT_ID"),
        "secret": env.text(f"{provider_id.upper()}_CLIENT_SECRET"),
        # No more than "openid": neither a profile nor an address is asked for.
        "settings": settings
        | {"scope": ["openid"], "token_auth_method": "client_secret_post", "oauth_pkce_enabled": True},
    }


def _address(name: str, default: str) -> str:
    address = env.text(name, default).rstrip("/")
    if not address.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise ImproperlyConfigured(f"{name} is {address!r}; write an address that begins with https://.")
    return address
