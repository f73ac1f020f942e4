"""Fixtures and hooks for every test."""

from __future__ import annotations

pytest_plugins = ["tests.fixtures", "tests.databases", "tests.receiver"]
