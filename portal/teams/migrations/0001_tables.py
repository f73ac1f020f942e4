"""The tables of teams."""

import django.db.models.deletion
import portal.core.db.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("sales", "Sales"),
                            ("marketing", "Marketing"),
                            ("support", "Support"),
                            ("product", "Product"),
                            ("community", "Community"),
                        ],
                        max_length=10,
                        unique=True,
                    ),
                ),
                (
                    "agreement",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="What we send, to whom and why"
                    ),
                ),
                (
                    "channel",
                    models.CharField(blank=True, max_length=120, verbose_name="Where we talk"),
                ),
                (
                    "within_hours",
                    models.PositiveSmallIntegerField(
                        default=8, verbose_name="We answer each other within (business hours)"
                    ),
                ),
                (
                    "digest",
                    models.BooleanField(default=True, verbose_name="Send a summary every morning"),
                ),
                ("digest_sent_at", models.DateTimeField(editable=False, null=True)),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Lead",
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Stand-in",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignalRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=8, unique=True)),
                ("name_ja", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("trigger", models.CharField(max_length=80)),
                ("threshold", models.PositiveIntegerField(default=1, verbose_name="Threshold")),
                (
                    "window_hours",
                    models.PositiveIntegerField(default=2160, verbose_name="Looks back (hours)"),
                ),
                (
                    "cooldown_hours",
                    models.PositiveIntegerField(
                        default=0, verbose_name="Silent afterwards (hours)"
                    ),
                ),
                (
                    "sla_hours",
                    models.PositiveSmallIntegerField(
                        default=8, verbose_name="Due within (business hours)"
                    ),
                ),
                (
                    "escalate_hours",
                    models.PositiveSmallIntegerField(
                        default=24, verbose_name="Escalates when overdue by (hours)"
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "Low"), ("normal", "Normal"), ("high", "High")],
                        default="normal",
                        max_length=6,
                        verbose_name="Severity",
                    ),
                ),
                ("next_steps", models.JSONField(default=list)),
                (
                    "review_date",
                    models.DateField(blank=True, null=True, verbose_name="To be reviewed by"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("enabled", models.BooleanField(default=False, verbose_name="Enabled")),
                ("enabled_at", models.DateTimeField(null=True)),
                (
                    "stand_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="teams.team",
                        verbose_name="Stand-in team",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="teams.team",
                        verbose_name="Accountable team",
                    ),
                ),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Signal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(default=portal.core.db.ids.uuid7, editable=False, unique=True),
                ),
                ("fingerprint", models.CharField(max_length=160)),
                ("occurrence", models.CharField(max_length=200)),
                ("recurrence", models.PositiveSmallIntegerField(default=1)),
                ("subject", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=200)),
                ("url", models.CharField(max_length=300)),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "Low"), ("normal", "Normal"), ("high", "High")],
                        default="normal",
                        max_length=6,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Not taken yet"),
                            ("claimed", "In hand"),
                            ("snoozed", "Put off"),
                            ("resolved", "Settled"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("evidence", models.JSONField(default=list)),
                ("facts", models.JSONField(default=dict)),
                ("occurred_at", models.DateTimeField()),
                ("raised_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                (
                    "escalation",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Nobody yet"),
                            (1, "The team's lead"),
                            (2, "The administrators"),
                        ],
                        default=0,
                    ),
                ),
                ("owner_due_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("helped", "It helped the customer"),
                            ("done", "Done, effect not known yet"),
                            ("cannot", "We cannot do it"),
                            ("vanished", "The reason went away"),
                            ("noise", "No reason to act"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "next_step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("told", "Update the customer"),
                            ("story", "Make it a success story"),
                            ("ask", "Ask for an introduction"),
                            ("idea", "Pass it on as an idea"),
                            ("none", "Nothing further"),
                        ],
                        max_length=5,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=400)),
                (
                    "claimed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="signals",
                        to="accounts.organization",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="owned_signals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="teams.signalrule",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="teams.team",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(default=portal.core.db.ids.uuid7, editable=False, unique=True),
                ),
                ("subject", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=200)),
                ("url", models.CharField(max_length=300)),
                ("public_answer", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(max_length=2000)),
                ("told_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes, solved"), ("partly", "Partly"), ("no", "Not yet")],
                        max_length=6,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=400)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="told",
                        to="teams.signal",
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignalChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("raised", "Raised"),
                            ("joined", "Happened again"),
                            ("claimed", "Taken in hand"),
                            ("released", "Given back"),
                            ("snoozed", "Put off"),
                            ("woken", "Back again"),
                            ("escalated", "Escalated"),
                            ("adopted", "New owner"),
                            ("told", "Customer updated"),
                            ("resolved", "Settled"),
                            ("reopened", "Reopened"),
                        ],
                        max_length=9,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="teams.signal",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["signal", "at"], name="changes_of_signal")],
            },
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__in", ["sales", "marketing", "support", "product", "community"])
                ),
                name="a_team_is_one_of_the_five",
            ),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lead", None),
                    ("stand_in", None),
                    models.Q(("lead", models.F("stand_in")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_stands_in_for_herself",
            ),
        ),
        migrations.AddConstraint(
            model_name="signalrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("enabled", False),
                    models.Q(
                        ("stand_in__isnull", False),
                        ("team__isnull", False),
                        models.Q(("team", models.F("stand_in")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="an_enabled_rule_has_one_accountable_team_and_a_stand_in",
            ),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(
                condition=models.Q(("state", "resolved"), _negated=True),
                fields=["due_at", "id"],
                name="signals_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(fields=["subject"], name="signals_by_subject"),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(
                condition=models.Q(("state", "resolved")),
                fields=["-resolved_at"],
                name="signals_settled",
            ),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "resolved"), _negated=True),
                fields=("fingerprint",),
                name="one_unresolved_signal_per_fingerprint",
            ),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.UniqueConstraint(
                fields=("rule", "occurrence", "recurrence"), name="a_cause_raises_a_rule_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("escalated_at", None), ("escalation", 0), ("owner_due_at", None)),
                    models.Q(
                        ("escalated_at__isnull", False),
                        ("escalation__gt", 0),
                        ("owner_due_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="an_escalated_signal_has_a_new_due_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "resolved"), _negated=True),
                    models.Q(
                        ("resolved_at__isnull", False),
                        models.Q(("outcome", ""), _negated=True),
                        models.Q(("next_step", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_settled_signal_has_an_outcome_and_a_next_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_step", "none"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="nothing_further_needs_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "snoozed"), _negated=True),
                    models.Q(
                        ("snoozed_until__isnull", False), models.Q(("reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="putting_off_needs_a_date_and_a_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="told",
            index=models.Index(fields=["person", "-told_at"], name="told_to_person"),
        ),
        migrations.AddIndex(
            model_name="told",
            index=models.Index(fields=["subject"], name="told_about"),
        ),
        migrations.AddConstraint(
            model_name="told",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("confirmed_at", None)),
                    models.Q(
                        models.Q(("answer", ""), _negated=True), ("confirmed_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="an_answer_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="told",
            constraint=models.UniqueConstraint(
                condition=models.Q(("public_answer", ""), _negated=True),
                fields=("public_answer",),
                name="a_public_answer_belongs_to_one_update",
            ),
        ),
    ]
