"""The scene, once inside a test's transaction and once committed, where threads can see it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.referrals.invariants.scene import Scene, make_scene


@pytest.fixture
def scene(db: Any) -> Scene:
    return make_scene()


@pytest.fixture
def shared(committed: None) -> Scene:
    return make_scene()
