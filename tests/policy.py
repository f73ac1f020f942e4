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


POLICY: dict[str, Line] = {
    "portal:home": Line("public"),
    "portal:today": Line("team"),
    "portal:staff_settings": Line("team"),
    "portal:job": Line("member", args=lambda world: [world.long_job_id], members=only("aki")),
    "portal:job_errors": Line("member", args=lambda world: [world.long_job_id], members=only("aki")),
    "accounts:member": Line("member", args=lambda world: [world.person("aki").public_id]),
    "accounts:organizations": Line("team"),
    "accounts:organization": Line("team", args=lambda world: [world.companies.acme.public_id]),
    "accounts:language": Line("public", reads=False, writes=True),
    "accounts:theme": Line("public", reads=False, writes=True),
    "accounts:profile": Line("member", writes=True),
    "accounts:privacy": Line("member"),
    "accounts:export": Line("member"),
    "accounts:erase": Line("member", reads=False, writes=True),
    "accounts:join": Line("public", args=lambda world: [world.invitation_token], writes=True),
}

# Foreign maps with rules of their own, tested by their own flows.
FOREIGN_NAMESPACES = ("admin",)
FOREIGN_PREFIXES = ("accounts/", "admin/")
