"""An imported file of deals: the table as it was read, and the result of every row."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from portal.core.models import LongJob, PublicId
from referrals.models.inbound import InboundSource


class DealImport(PublicId):
    """One uploaded table.

    Nothing of it takes effect before somebody has seen the dry run and said yes.
    """

    id: int
    source = models.ForeignKey(InboundSource, on_delete=models.PROTECT, related_name="imports")
    source_id: int
    file_name = models.CharField(max_length=120)
    data = models.BinaryField(null=True)  # the file, to read it otherwise; gone once it has begun
    encoding = models.CharField(max_length=12)
    delimiter = models.CharField(max_length=1)
    header = models.JSONField()
    header_line = models.PositiveIntegerField(default=1)
    reading = models.JSONField(default=dict)  # what a person chose: decimal, date_order, currency
    columns = models.JSONField(default=dict)  # our field -> its column
    stages = models.JSONField(default=dict)  # their stage -> ours
    checked = models.JSONField(
        default=dict
    )  # the dry run: how many of each outcome, and the first errors
    job = models.OneToOneField(LongJob, on_delete=models.PROTECT, null=True, related_name="+")
    job_id: int | None
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file_name


class DealRow(models.Model):
    """One line of the file. `outcome` is set in the transaction of its effect."""

    batch = models.ForeignKey(DealImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # 0, 1, 2 … without the header
    line = models.PositiveIntegerField()  # in the file, as an editor counts
    cells = models.JSONField()
    outcome = models.CharField(
        max_length=8, blank=True
    )  # created, updated, parked, skipped, failed
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"], name="one_row_per_number_of_an_import"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} #{self.number}"
