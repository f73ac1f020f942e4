"""Every test of the community begins with spaces and tags unread."""

from __future__ import annotations

import pytest

from community.selectors import spaces


@pytest.fixture(autouse=True)
def _fresh_spaces() -> None:
    spaces.forget()
