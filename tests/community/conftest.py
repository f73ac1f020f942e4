"""Clears the cached spaces and tags before every test of the community."""

from __future__ import annotations

import pytest

from community.selectors import spaces


@pytest.fixture(autouse=True)
def _fresh_spaces() -> None:
    spaces.forget()
