"""Inbound systems, and the messages each of them sent: stored as received, once per id."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import PublicId
from referrals.models.programs import Program


class InboundSource(PublicId):
    """One system with an address of its own here.

    Its secrets are kept encrypted; two verify during a rotation.
    """

    class Kind(models.TextChoices):
        STANDARD = "standard", _("Standard Webhooks")
        STRIPE = "stripe", "Stripe"
        HUBSPOT = "hubspot", "HubSpot"
        SALESFORCE = "salesforce", "Salesforce"

    class Mode(models.TextChoices):
        LIVE = "live", _("Real sales")
        TEST = "test", _("Tests of the system (test mode, sandbox)")

    id: int
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    mode = models.CharField(
        _("Takes"), max_length=4, choices=Mode, default=Mode.LIVE
    )  # messages of the other mode are kept and never counted
    name = models.CharField(_("Name of the system"), max_length=60)
    slug = models.SlugField(
        _("Short name"), max_length=40, unique=True
    )  # the `source` of its facts
    program = models.ForeignKey(
        Program, verbose_name=_("Program"), on_delete=models.PROTECT, related_name="+"
    )
    program_id: int
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    mapping = models.JSONField(default=dict, blank=True)
    disabled_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)  # the last message that was taken
    refused_count = models.PositiveBigIntegerField(
        default=0
    )  # without a valid signature: counted, not kept
    refused_at = models.DateTimeField(null=True)
    refused_reason = models.CharField(max_length=40, blank=True)
    conflict_count = models.PositiveBigIntegerField(default=0)  # the same id with another body
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.slug

    @property
    def is_crm(self) -> bool:
        return self.kind in (self.Kind.HUBSPOT, self.Kind.SALESFORCE)

    def rotates(self, now: datetime) -> bool:
        """Say whether the secret before the present one still verifies."""
        return (
            bool(self.old_secret)
            and self.old_secret_until is not None
            and self.old_secret_until > now
        )


class InboundMessage(PublicId):
    """One verified message, committed before anything is made of it.

    Its body is emptied after 90 days, its id stays.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Being processed")
        PROCESSED = "processed", _("Processed")
        IGNORED = "ignored", _("Not about sales")
        UNUSABLE = "unusable", _("Not understood")
        FAILED = "failed", _("Tried again later")

    OTHER_MODE = ("test_message", "live_message")  # notes of what is kept and never counted

    id: int
    source = models.ForeignKey(InboundSource, on_delete=models.PROTECT, related_name="messages")
    source_id: int
    external_id = models.CharField(max_length=200)
    name = models.CharField(
        max_length=80, blank=True
    )  # what the system calls it: "charge.refunded"
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.RECEIVED)
    note = models.CharField(max_length=200, blank=True)
    facts: Any = models.JSONField(
        default=list
    )  # [{"id", "kind", "status", "state"}] in the order they were received
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    repeat_count = models.PositiveIntegerField(default=0)
    conflict_count = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="one_inbound_message_per_source_and_id"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(state__in=("received", "failed")),
                name="inbound_unprocessed",
            ),
            models.Index(fields=["source", "-id"], name="inbound_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.external_id} {self.state}"

    @property
    def label(self) -> str:
        """What became of it, in words."""
        labels = {
            "test_message": _("Test, not counted"),
            "live_message": _("Real, not counted"),
        }
        return str(labels.get(self.note) or self.get_state_display())
