"""What every test may ask for."""

from __future__ import annotations

pytest_plugins = ["tests.fixtures"]


def pytest_configure() -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hashing is not what is tested
