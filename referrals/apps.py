"""The referrals app: fills the registries of the floors below."""

from __future__ import annotations

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    label = "referrals"

    def ready(self) -> None:
        from referrals import receivers, registries  # noqa: F401  receivers connect allauth's signals

        registries.fill()
