"""No text in any field of any page, query or API call is answered with a server error."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from portal.core.db import redis
from tests import naughty
from tests.policy import POLICY, Line
from tests.test_permission_matrix import client_of, own_urls
from tests.world import World

EVERY = bool(os.environ.get("HAZUMI_EVERY_NAUGHTY_STRING"))
COLLECT = bool(os.environ.get("HAZUMI_COLLECT"))
failures: list[str] = []


def role_of(line: Line) -> str:
    """Return somebody who may use a page and for whom it is made."""
    if line.policy == "member":
        return sorted(line.members)[0] if line.members else "aki"
    return {"public": "anonymous", "team": "kato", "moderator": "mori"}.get(line.policy, "kato")


class Walk:
    """Sends texts, one by one, each undone before the next, and counts the fields it reached."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.fields: Counter[str] = Counter()

    def send(self, method: str, url: str, data: dict[str, Any], place: str) -> None:
        redis.connection().flushdb()  # no limit is what is tried here
        before = transaction.savepoint()
        try:
            answer = getattr(self.client, method)(url, data)
            assert answer.status_code < 500, (place, data)
            self.fields[place] += 1
        except Exception as error:
            if not COLLECT:
                raise AssertionError((place, repr(data)[:300])) from error
            import traceback
            tb = traceback.extract_tb(error.__traceback__)
            own = [f for f in tb if "/site-packages/" not in f.filename and "/tests/" not in f.filename]
            at = own[-1] if own else tb[-1]
            failures.append(f"{place}: {type(error).__name__}: {str(error)[:80]!r} at {at.filename.split('trust2/')[-1]}:{at.lineno} {tb[-1].name} <- {repr(data)[:120]}")
        finally:
            transaction.savepoint_rollback(before)


@pytest.mark.django_db
def test_every_field_of_every_page(world: World) -> None:
    walks: Counter[str] = Counter()
    views = {name: view for _, name, view in own_urls()}
    for name, line in sorted(POLICY.items()):
        if line.policy.startswith("key:"):
            continue
        url = reverse(name, args=line.args(world))
        walk = Walk(client_of(world, role_of(line)))
        names = naughty.names_read_by(views[name])
        if line.reads:
            html = b"".join(walk.client.get(url)).decode(errors="replace")
            for field in names:
                for text in naughty.sample(f"{name}?{field}", EVERY, 1):
                    walk.send("get", url, {field: text}, f"{name}?{field}")
            for form in naughty.forms_in(html):
                if form.action.startswith(("http", "#", "/accounts/logout")):
                    continue
                target = form.action or url
                for field in form.fields:
                    place = f"{name} {target.partition('?')[0]} {field}"
                    if walks[f"{target} {field}"] > 0 and not EVERY:
                        continue
                    for text in naughty.sample(place, EVERY):
                        walk.send(form.method, target, {**form.fields, field: text}, place)
                    walks[f"{target} {field}"] += 1
        if line.writes:
            for field in names:
                for text in naughty.sample(f"{name}!{field}", EVERY, 1):
                    walk.send("post", url, {field: text}, f"{name}!{field}")
        walks.update({place: 1 for place in walk.fields})
    print(f"{len(walks)} fields")
    if COLLECT:
        print("\n".join(sorted(set(failures))))
    assert len(walks) > 300
    assert not failures
