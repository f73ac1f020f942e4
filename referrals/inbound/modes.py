"""Whether a message of another system is about real money or a test of that system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from referrals.inbound.values import dig, text

YES: Final = frozenset("true yes y 1 on test testing sandbox developer_test はい 有 テスト".split())
# where systems say so, and which say the opposite: that it is real
FLAGS: Final = ("test", "is_test", "isTest", "sandbox", "is_sandbox", "isSandbox", "IsSandbox")
NEGATED: Final = ("livemode", "live_mode", "liveMode")
NAMES: Final = ("environment", "mode", "accountType", "account_type", "portalType")
PLACES: Final = ("", "data.", "data.object.", "properties.", "Organization.", "organization.")
HOSTS: Final = ("instanceUrl", "instance_url", "attributes.url", "Partner_Server_URL", "url")


def is_yes(value: Any) -> bool:
    """Say whether a value of another system means yes: true, 1, "Sandbox", "テスト"."""
    if isinstance(value, bool):
        return value
    return text(value, 40).casefold() in YES


def is_test(payload: Any) -> bool:
    """Say whether a message says of itself that it comes from a test mode or a sandbox."""
    if isinstance(payload, list):
        return bool(payload) and all(is_test(one) for one in payload)
    if not isinstance(payload, dict):
        return False
    return (
        any(is_yes(found) for found in _found(payload, FLAGS))
        or any(found is False or _is_no(found) for found in _found(payload, NEGATED))
        or any(is_yes(found) for found in _found(payload, NAMES) if isinstance(found, str))
        or any(_is_sandbox(text(found, 300)) for found in _found(payload, HOSTS))
    )


def _found(payload: dict[str, Any], names: Iterable[str]) -> list[Any]:
    found = [dig(payload, place + name) for name in names for place in PLACES]
    return [value for value in found if value is not None]


def _is_no(value: Any) -> bool:
    return isinstance(value, (str, int)) and text(value, 10).casefold() in ("false", "no", "0")


def _is_sandbox(address: str) -> bool:
    """Say whether an address is that of a Salesforce sandbox."""
    host = address.partition("//")[2].partition("/")[0].casefold()
    if not host.endswith((".salesforce.com", ".force.com")):
        return False
    return host == "test.salesforce.com" or ".sandbox." in host or "--" in host.partition(".")[0]
