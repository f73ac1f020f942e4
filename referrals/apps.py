"""The referrals app: registers its entries in the registries of the lower layers."""

from __future__ import annotations

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    label = "referrals"

    def ready(self) -> None:
        from referrals import receivers, wiring  # noqa: F401  receivers connect allauth's signals

        wiring.fill()
