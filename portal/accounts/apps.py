"""The accounts app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from portal.accounts import navigation, receivers, staff_marks  # noqa: F401  connects allauth's signals
        from portal.accounts.demo import people as own
        from portal.dev import demo_registry

        navigation.register()
        staff_marks.register()

        demo_registry.register("accounts", order=0, create=own.create)
        for line in own.login_lines():
            demo_registry.register_login(line)
