"""The core app: abstract models, template tags, batch jobs, default rows, and the wording of common
form errors.
"""

from __future__ import annotations

from django.apps import AppConfig
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db.models.signals import post_migrate
from django.utils.translation import ngettext_lazy


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"

    def ready(self) -> None:
        """Register the states of batch jobs, install default rows after migrations, and say how
        long a text should be as a person would (Django's own sentence reads like a log in
        Japanese).
        """
        from portal.core.db import state_machine
        from portal.core.jobs import states

        state_machine.register(states.MACHINES)
        MinLengthValidator.message = ngettext_lazy(
            "Please write at least %(limit_value)d character; this has %(show_value)d.",
            "Please write at least %(limit_value)d characters; this has %(show_value)d.",
            "limit_value",
        )
        MaxLengthValidator.message = ngettext_lazy(
            "Please write at most %(limit_value)d character; this has %(show_value)d.",
            "Please write at most %(limit_value)d characters; this has %(show_value)d.",
            "limit_value",
        )
        from portal.core.receivers import install_defaults

        # once per `migrate` and `flush`: every app's migrations have run by then
        post_migrate.connect(install_defaults, sender=self, dispatch_uid="core.install_defaults")
