"""What production cannot run without, looked up in the environment. Standard library only:
`manage.py up` asks before anything of Django's is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping


def missing(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that are not set as production needs them, each with what it must be."""
    found: dict[str, str] = {}
    key = environment.get("SECRET_KEY", "")
    if len(key) < 50 or len(set(key)) < 10:
        found |= {"SECRET_KEY": "at least 50 random characters"}
    if not environment.get("HAZUMI_BASE_URL", "").startswith(("https://", "http://")):
        found["HAZUMI_BASE_URL"] = "the public address, https://…"
    if not (environment.get("EMAIL_URL") or environment.get("EMAIL_BACKEND")):
        found["EMAIL_URL"] = "smtp+tls://user:password@host:587"
    if not environment.get("DEFAULT_FROM_EMAIL"):
        found["DEFAULT_FROM_EMAIL"] = "the sender of mails"
    if not environment.get("TRUSTED_PROXY_COUNT", "").isdecimal():
        found["TRUSTED_PROXY_COUNT"] = "how many proxies of your own are in front; 0 for none"
    return found


def sentence(found: Mapping[str, str]) -> str:
    """One sentence for whoever starts it."""
    names = ", ".join(f"{name} ({what})" for name, what in found.items())
    return f"Production needs these variables in its environment: {names}."
