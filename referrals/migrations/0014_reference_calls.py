"""Reference calls: requests, invitations, history, outcomes, and opt-outs."""

import django.db.models.deletion
import portal.core.db.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people_and_organizations"),
        ("referrals", "0013_rules_for_introductions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferencePreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("opted_out_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reference_preference",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferenceRequest",
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
                ("company", models.CharField(max_length=120, verbose_name="Company")),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                ("email", models.EmailField(max_length=254, verbose_name="E-mail")),
                (
                    "topic",
                    models.CharField(
                        max_length=120, verbose_name="What they would like to talk about"
                    ),
                ),
                (
                    "question",
                    models.TextField(
                        blank=True, max_length=500, verbose_name="What they would like to know"
                    ),
                ),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="Industry")),
                (
                    "size_band",
                    models.CharField(blank=True, max_length=20, verbose_name="Company size"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("ja", "日本語"), ("en", "English")],
                        default="ja",
                        max_length=2,
                        verbose_name="Language",
                    ),
                ),
                ("times", models.CharField(max_length=200, verbose_name="Times that suit them")),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Looking for a customer to talk to"),
                            ("invited", "A customer is asked"),
                            ("suggested", "Another time is suggested"),
                            ("waiting", "Waiting for the prospect's yes"),
                            ("agreed", "Both agreed"),
                            ("held", "They spoke"),
                            ("failed", "It did not take place"),
                            ("withdrawn", "Called off"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "handler",
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
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reference_requests",
                        to="referrals.referral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferenceOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("peer", "The customer"), ("prospect", "The prospect")],
                        max_length=8,
                    ),
                ),
                ("happened", models.BooleanField()),
                (
                    "useful",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("partly", "Partly"), ("no", "No")],
                        max_length=6,
                    ),
                ),
                ("asked", models.TextField(blank=True, max_length=1000)),
                ("recorded_by_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="referrals.referencerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferenceInvitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "Asked"),
                            ("suggested", "Suggested another time"),
                            ("accepted", "Said yes"),
                            ("declined", "Said no"),
                            ("taken_back", "Taken back"),
                        ],
                        default="invited",
                        max_length=10,
                    ),
                ),
                ("suggestion", models.CharField(blank=True, max_length=200)),
                ("invited_at", models.DateTimeField()),
                ("invited_by_id", models.BigIntegerField(null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
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
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reference_invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="referrals.referencerequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferenceChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("before", models.CharField(blank=True, max_length=9)),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("asked", "Looking for a customer to talk to"),
                            ("invited", "A customer is asked"),
                            ("suggested", "Another time is suggested"),
                            ("waiting", "Waiting for the prospect's yes"),
                            ("agreed", "Both agreed"),
                            ("held", "They spoke"),
                            ("failed", "It did not take place"),
                            ("withdrawn", "Called off"),
                        ],
                        max_length=9,
                    ),
                ),
                ("role", models.CharField(max_length=10)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="referrals.referencerequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="referencerequest",
            index=models.Index(fields=["state", "state_since"], name="reference_requests_by_state"),
        ),
        migrations.AddConstraint(
            model_name="referencerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("held", "failed", "withdrawn")), _negated=True),
                fields=("referral",),
                name="one_open_reference_request_per_introduction",
            ),
        ),
        migrations.AddConstraint(
            model_name="referencerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("agreed", "held")), _negated=True),
                    ("agreed_at__isnull", False),
                    _connector="OR",
                ),
                name="both_agree_before_they_meet",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceoutcome",
            constraint=models.UniqueConstraint(
                fields=("request", "side"), name="each_side_says_once_what_came_of_it"
            ),
        ),
        migrations.AddIndex(
            model_name="referenceinvitation",
            index=models.Index(
                fields=["organization", "-invited_at"], name="invitations_by_organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceinvitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("invited", "suggested", "accepted"))),
                fields=("request",),
                name="one_customer_is_asked_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceinvitation",
            constraint=models.UniqueConstraint(
                fields=("request", "peer"), name="nobody_is_asked_twice_for_one_call"
            ),
        ),
        migrations.AddConstraint(
            model_name="referencechange",
            constraint=models.UniqueConstraint(
                fields=("request", "version"), name="one_reference_change_per_version"
            ),
        ),
    ]
