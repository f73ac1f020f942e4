"""Which site a dump is of: its own links say so, else the name of its folder."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from django.utils.text import slugify

LINK: Final = re.compile(r"https?://([\w.-]+\.[a-z]{2,})/questions/(\d+)/([\w-]+)")
HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org)")
TOLD: Final = 12  # letters of a title's address that must agree


def host_of(posts: list[dict[str, str]], folder: str) -> str:
    """Return the host most links name that lead to questions of this very dump, by id and title;
    else what the folder's name says; "" when that says nothing.
    """
    titles = {row["Id"]: slugify(row["Title"]) for row in posts if row.get("Title")}
    hosts: Counter[str] = Counter()
    for row in posts:
        for host, number, slug in LINK.findall(row.get("Body", "")):
            title = titles.get(number, "")
            if title and title[:TOLD] == slug.lower()[:TOLD]:
                hosts[host.lower()] += 1
    return hosts.most_common(1)[0][0] if hosts else _by_name(folder)


def _by_name(folder: str) -> str:
    if HOST.fullmatch(folder):
        return folder
    name = folder.removeprefix("se-")
    if name == folder or not re.fullmatch(r"[a-z0-9-]+", name):
        return ""
    site = f"{name.removesuffix('-meta')}.meta" if name.endswith("-meta") else name
    return f"{site}.stackexchange.com"
