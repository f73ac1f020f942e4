"""The policy: who may use which URL. A URL without a line here fails the suite.

`policy` is the decorator the view must carry: public, member, team, moderator, administrator, or "key:<scope>" for the
API. `args` builds the URL's arguments from the world; `owner` limits members to the people who may see that object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.world import World


def nothing(world: World) -> list[Any]:
    return []


@dataclass(frozen=True)
class Line:
    """One URL: its policy, methods that read, methods that write, and how to build its arguments."""

    policy: str
    args: Callable[[World], list[Any]] = nothing
    reads: bool = True
    writes: bool = False
    members: frozenset[str] | None = None  # when only some members see the object: their names; the others get 404


def only(*names: str) -> frozenset[str]:
    return frozenset(names)


def _acme(world: World) -> list[Any]:
    return [world.companies.acme.public_id]


def _aki(world: World) -> list[Any]:
    return [world.person("aki").public_id]


POLICY: dict[str, Line] = {
    "portal:home": Line("public"),
    "portal:today": Line("team"),
    "portal:design": Line("team"),
    "portal:staff_settings": Line("team"),
    "portal:remove_sample": Line("administrator", reads=False, writes=True),
    "portal:job": Line("member", args=lambda world: [world.long_job_id], members=only("aki")),
    "portal:job_errors": Line("member", args=lambda world: [world.long_job_id], members=only("aki")),
    "portal:healthz": Line("public", reads=False),  # answers 503 in tests: no worker; tests/portal/test_health.py
    "portal:metrics": Line("public", reads=False),  # a bearer token of its own; tests/portal/test_health.py
    "accounts:member": Line("member", args=_aki),
    "delivery:destinations": Line("administrator"),
    "delivery:add": Line("administrator", writes=True),
    "delivery:destination": Line("administrator", args=lambda world: [world.destination_id]),
    "delivery:edit": Line("administrator", args=lambda world: [world.destination_id], writes=True),
    "delivery:test": Line("administrator", args=lambda world: [world.destination_id], reads=False, writes=True),
    "delivery:switch": Line("administrator", args=lambda world: [world.destination_id], reads=False, writes=True),
    "delivery:rotate": Line("administrator", args=lambda world: [world.destination_id], reads=False, writes=True),
    "delivery:delete": Line("administrator", args=lambda world: [world.destination_id], reads=False, writes=True),
    "delivery:replay": Line("administrator", args=lambda world: [world.destination_id], reads=False, writes=True),
    "search:search": Line("public"),
    "accounts:organizations": Line("team"),
    "accounts:organization": Line("team", args=_acme),
    "accounts:organization_new": Line("team", writes=True),
    "accounts:organization_edit": Line("team", args=_acme, writes=True),
    "accounts:organization_domains": Line("team", args=_acme, reads=False, writes=True),
    "accounts:people": Line("administrator"),
    "accounts:person": Line("administrator", args=_aki, writes=True),
    "accounts:deactivate": Line("administrator", args=_aki, reads=False, writes=True),
    "accounts:reactivate": Line("administrator", args=_aki, reads=False, writes=True),
    "accounts:audit_log": Line("administrator"),
    "accounts:company": Line("member"),
    "accounts:invite": Line("member", reads=False, writes=True),
    "accounts:invite_link": Line("member", reads=False, writes=True),
    "accounts:invitation_revoke": Line(
        "member", args=lambda world: [world.invitation.public_id], reads=False, writes=True, members=only()
    ),
    "accounts:language": Line("public", reads=False, writes=True),
    "accounts:theme": Line("public", reads=False, writes=True),
    "accounts:profile": Line("member", writes=True),
    "accounts:privacy": Line("member"),
    "accounts:export": Line("member"),
    "referrals:hub": Line("member"),
    "referrals:referral": Line("member", args=lambda world: [world.referral.public_id], members=only("aki")),
    "accounts:erase": Line("member", reads=False, writes=True),
    "accounts:join": Line("public", args=lambda world: [world.invitation_token], writes=True),
    "teams:signals": Line("team"),
    "teams:arrivals": Line("team"),
    "teams:signal": Line("team", args=lambda world: [world.signal.public_id]),
    "teams:claim": Line("team", args=lambda world: [world.signal.public_id], reads=False, writes=True),
    "teams:take_over": Line("team", args=lambda world: [world.signal.public_id], reads=False, writes=True),
    "teams:release": Line("team", args=lambda world: [world.signal.public_id], reads=False, writes=True),
    "teams:snooze": Line("team", args=lambda world: [world.signal.public_id], reads=False, writes=True),
    "teams:tell": Line("team", args=lambda world: [world.signal.public_id], reads=False, writes=True),
    "teams:resolve": Line("team", args=lambda world: [world.signal.public_id], reads=False, writes=True),
    "teams:reopen": Line("team", args=lambda world: [world.signal.public_id], reads=False, writes=True),
    "teams:rules": Line("team"),
    "teams:rule": Line("administrator", args=lambda world: [world.signal.rule.code], writes=True),
    "teams:teams": Line("team"),
    "teams:team": Line("administrator", args=lambda world: [world.signal.team.name], writes=True),
    "teams:seen": Line(
        "member", args=lambda world: [world.told.public_id], reads=False, writes=True, members=only("aki")
    ),
    "teams:answer": Line(
        "member", args=lambda world: [world.told.public_id], reads=False, writes=True, members=only("aki")
    ),
}

# Foreign maps with rules of their own, tested by their own flows.
FOREIGN_NAMESPACES = ("admin",)
FOREIGN_PREFIXES = ("accounts/", "admin/")
