"""The tables of referrals."""

import django.db.models.deletion
import portal.core.db.ids
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("core", "0001_tables"),
        ("delivery", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Referral",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("link", "Link"),
                            ("code", "Code"),
                            ("named", "Personal introduction"),
                            ("staff", "Recorded by staff"),
                            ("answer", '"Who told you about us?"'),
                        ],
                        max_length=6,
                    ),
                ),
                ("referee_name", models.CharField(blank=True, max_length=60)),
                ("referee_company", models.CharField(blank=True, max_length=120)),
                ("referee_email", models.EmailField(blank=True, max_length=254)),
                ("why", models.TextField(blank=True, max_length=1000)),
                ("name_consent_at", models.DateTimeField(blank=True, null=True)),
                ("token_hash", models.CharField(max_length=64, null=True, unique=True)),
                ("token_expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "page_holder",
                    models.CharField(
                        choices=[
                            ("sender", "Whoever introduced them"),
                            ("answerer", "Whoever answered on it"),
                            ("desk", "Who got it from us"),
                        ],
                        default="sender",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Received"),
                            ("consent_pending", "Waiting for their consent"),
                            ("accepted", "Accepted"),
                            ("qualified", "Meeting"),
                            ("opportunity", "In talks"),
                            ("won", "Won"),
                            ("live", "Live"),
                            ("declined", "Declined by the prospect"),
                            ("rejected", "Not accepted"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                            ("lost", "Did not work out"),
                            ("disqualified", "Disqualified"),
                            ("merged", "Merged"),
                        ],
                        default="draft",
                        max_length=15,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("contacted_at", models.DateTimeField(blank=True, null=True)),
                ("next_step", models.CharField(blank=True, max_length=120)),
                ("next_due_at", models.DateTimeField(blank=True, null=True)),
                ("noted_at", models.DateTimeField()),
                ("introduced_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("is_history", models.BooleanField(db_default=False, default=False)),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="referrals_handled",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals_received",
                        to="accounts.organization",
                    ),
                ),
                (
                    "referee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="referrals_received",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referrer_organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="referrals_made",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Program",
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
                ("slug", models.SlugField(unique=True)),
                ("name_ja", models.CharField(max_length=80, verbose_name="Name (Japanese)")),
                ("name_en", models.CharField(max_length=80, verbose_name="Name (English)")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                        ],
                        default="draft",
                        max_length=6,
                    ),
                ),
                ("is_default", models.BooleanField(default=False)),
                (
                    "target_url",
                    models.URLField(
                        blank=True, max_length=500, verbose_name="Where its links lead"
                    ),
                ),
                (
                    "hosts",
                    models.JSONField(blank=True, default=list, verbose_name="Hosts it may lead to"),
                ),
                (
                    "touch",
                    models.CharField(
                        choices=[
                            ("last", "The last link before sign-up"),
                            ("first", "The first link ever followed"),
                        ],
                        default="last",
                        max_length=5,
                        verbose_name="Which link counts",
                    ),
                ),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        default=90, verbose_name="Days a click counts"
                    ),
                ),
                (
                    "hold_days",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="Days a reward is on hold"
                    ),
                ),
                (
                    "protection_days",
                    models.PositiveSmallIntegerField(
                        default=180, verbose_name="Days an introduction stands without progress"
                    ),
                ),
                (
                    "review_threshold",
                    models.BigIntegerField(default=100000, verbose_name="Two people approve from"),
                ),
                (
                    "currency",
                    models.CharField(default="JPY", max_length=3, verbose_name="Currency"),
                ),
                (
                    "fulfilment",
                    models.CharField(
                        choices=[
                            ("credit", "Credit on the company's invoice"),
                            ("gift", "Gift card"),
                            ("cash", "Bank transfer"),
                        ],
                        default="credit",
                        max_length=6,
                        verbose_name="How it is paid",
                    ),
                ),
                ("languages", models.JSONField(blank=True, default=list, verbose_name="Languages")),
                ("plans", models.JSONField(blank=True, default=list, verbose_name="Plans")),
                ("opens_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "year_cap",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="At most per person and year"
                    ),
                ),
                ("was_capped", models.BooleanField(default=False)),
                (
                    "asks_enabled",
                    models.BooleanField(default=True, verbose_name="Ask at earned moments"),
                ),
                (
                    "ask_rest_days",
                    models.PositiveSmallIntegerField(
                        default=14, verbose_name="Days between two asks"
                    ),
                ),
                (
                    "ask_limit",
                    models.PositiveSmallIntegerField(default=2, verbose_name="Asks in 90 days"),
                ),
                (
                    "hold_out_percent",
                    models.PositiveSmallIntegerField(
                        default=10, verbose_name="Share that is never asked (%)"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "organizations",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BooksCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("results", models.JSONField(default=dict)),
                ("violations", models.PositiveIntegerField(default=0)),
                ("milliseconds", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["-at"], name="books_checks_by_time")],
            },
        ),
        migrations.CreateModel(
            name="Click",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stream_id", models.CharField(max_length=40, unique=True)),
                ("click_id", models.CharField(max_length=22)),
                ("link_id", models.BigIntegerField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("human", "A person"),
                            ("duplicate", "The same person again"),
                            ("bot", "Crawler"),
                            ("preview", "Link preview"),
                            ("scanner", "Mail scanner"),
                            ("prefetch", "Prefetch"),
                            ("self", "The referrer"),
                        ],
                        max_length=9,
                    ),
                ),
                ("visitor", models.CharField(max_length=32)),
                ("channel", models.CharField(blank=True, max_length=12)),
                ("referrer_host", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["link_id", "-at"], name="clicks_by_link"),
                    models.Index(fields=["click_id"], name="clicks_by_click_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClickDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("link_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("verdict", models.CharField(max_length=9)),
                ("count", models.BigIntegerField(default=0)),
                ("confirmed_count", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("link_id", "day", "verdict"), name="one_count_per_link_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Fact",
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
                ("source", models.CharField(max_length=40)),
                ("external_id", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("introduction", "Introduction"),
                            ("stage", "Stage"),
                            ("conversion", "Sale"),
                            ("refund", "Refund"),
                            ("reference", "Another name of a sale"),
                        ],
                        max_length=12,
                    ),
                ),
                ("body", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "Applied"),
                            ("parked", "Waiting for another record"),
                            ("review", "Needs a person"),
                            ("dismissed", "Dismissed"),
                        ],
                        max_length=9,
                    ),
                ),
                ("waits_for", models.CharField(blank=True, max_length=160)),
                ("result", models.JSONField(default=dict)),
                ("received_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
                ("conflict_count", models.PositiveIntegerField(default=0)),
                ("is_quiet", models.BooleanField(default=False)),
                ("is_history", models.BooleanField(db_default=False, default=False)),
                ("tried_at", models.DateTimeField(null=True)),
                ("alarmed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "parked")),
                        fields=["waits_for", "id"],
                        name="parked_facts",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state", "review"),
                            models.Q(("is_quiet", False), ("state", "parked")),
                            _connector="OR",
                        ),
                        fields=["received_at"],
                        name="facts_staff_look_at",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"), name="one_fact_per_source_and_external_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "parked"), _negated=True),
                            models.Q(("waits_for", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_parked_fact_says_for_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundSource",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("standard", "Standard Webhooks"),
                            ("stripe", "Stripe"),
                            ("hubspot", "HubSpot"),
                            ("salesforce", "Salesforce"),
                        ],
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("live", "Real sales"),
                            ("test", "Tests of the system (test mode, sandbox)"),
                        ],
                        default="live",
                        max_length=4,
                        verbose_name="Takes",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="Name of the system")),
                ("slug", models.SlugField(max_length=40, unique=True, verbose_name="Short name")),
                ("secret", models.TextField()),
                ("old_secret", models.TextField(blank=True)),
                ("old_secret_until", models.DateTimeField(null=True)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("refused_count", models.PositiveBigIntegerField(default=0)),
                ("refused_at", models.DateTimeField(null=True)),
                ("refused_reason", models.CharField(blank=True, max_length=40)),
                ("conflict_count", models.PositiveBigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.program",
                        verbose_name="Program",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DealImport",
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
                ("file_name", models.CharField(max_length=120)),
                ("data", models.BinaryField(null=True)),
                ("encoding", models.CharField(max_length=12)),
                ("delimiter", models.CharField(max_length=1)),
                ("header", models.JSONField()),
                ("header_line", models.PositiveIntegerField(default=1)),
                ("reading", models.JSONField(default=dict)),
                ("columns", models.JSONField(default=dict)),
                ("stages", models.JSONField(default=dict)),
                ("checked", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.longjob",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="referrals.inboundsource",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
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
                            ("program_expense", "Cost of the program"),
                            ("member_pending", "On hold"),
                            ("member_available", "Available"),
                            ("payout_clearing", "In payment"),
                            ("fulfilled_cash", "Paid by transfer"),
                            ("fulfilled_credit", "Paid as credit"),
                            ("fulfilled_gift", "Paid as gift"),
                            ("clawback_receivable", "To be recovered"),
                            ("write_off", "Written off"),
                        ],
                        max_length=20,
                    ),
                ),
                ("holder", models.CharField(max_length=60)),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "indexes": [models.Index(fields=["holder"], name="accounts_by_holder")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "holder", "currency"), name="one_account_per_holder"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerTransaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("idem", models.CharField(max_length=120, unique=True)),
                ("kind", models.CharField(max_length=12)),
                ("reward_id", models.BigIntegerField(null=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="referrals.ledgertransaction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="referrals.ledgeraccount",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="referrals.ledgertransaction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Milestones",
            fields=[
                (
                    "referral",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="milestones",
                        serialize=False,
                        to="referrals.referral",
                    ),
                ),
                ("content", models.CharField(blank=True, max_length=300)),
                ("channel", models.CharField(max_length=12)),
                ("month", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Received"),
                            ("consent_pending", "Waiting for their consent"),
                            ("accepted", "Accepted"),
                            ("qualified", "Meeting"),
                            ("opportunity", "In talks"),
                            ("won", "Won"),
                            ("live", "Live"),
                            ("declined", "Declined by the prospect"),
                            ("rejected", "Not accepted"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                            ("lost", "Did not work out"),
                            ("disqualified", "Disqualified"),
                            ("merged", "Merged"),
                        ],
                        max_length=15,
                    ),
                ),
                ("is_counted", models.BooleanField()),
                ("rank", models.PositiveSmallIntegerField()),
                ("introduced_at", models.DateTimeField()),
                ("signed_up_at", models.DateTimeField(null=True)),
                ("qualified_at", models.DateTimeField(null=True)),
                ("opportunity_at", models.DateTimeField(null=True)),
                ("won_at", models.DateTimeField(null=True)),
                ("live_at", models.DateTimeField(null=True)),
                ("rewarded_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=2000)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Under review"),
                            ("upheld", "Upheld"),
                            ("refused", "Not upheld"),
                        ],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("answer", models.TextField(blank=True, max_length=2000)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by_id", models.BigIntegerField(null=True)),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="referrals.referral",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="referral",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="referrals.program",
            ),
        ),
        migrations.CreateModel(
            name="PayoutRoute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("changed_by_id", models.BigIntegerField(null=True)),
                (
                    "destination",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="delivery.destination",
                    ),
                ),
                (
                    "program",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payout_route",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutBatch",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("sending", "Being paid"),
                            ("settled", "Paid"),
                            ("failed", "Failed"),
                        ],
                        default="reserved",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by_id", models.BigIntegerField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("sent_by_id", models.BigIntegerField(null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by_id", models.BigIntegerField(null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MilestoneCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("channel", models.CharField(max_length=12)),
                ("state", models.CharField(max_length=15)),
                ("rank", models.PositiveSmallIntegerField()),
                ("is_paid", models.BooleanField()),
                ("count", models.PositiveIntegerField()),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClickCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("channel", models.CharField(max_length=12)),
                ("verdict", models.CharField(max_length=9)),
                ("count", models.BigIntegerField()),
                ("confirmed_count", models.BigIntegerField()),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BoardChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shown_as",
                    models.CharField(
                        choices=[("name", "My name"), ("company", "My company only")],
                        default="name",
                        max_length=7,
                    ),
                ),
                ("chosen_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="board_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="board_choices",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Ask",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("helped", "Their answer was accepted"),
                            ("solved", "The customer confirmed that it was solved"),
                            ("unshared", "Never shared their link"),
                        ],
                        max_length=8,
                    ),
                ),
                ("moment", models.CharField(max_length=160)),
                ("is_held_out", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="referral_asks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asks",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProgramChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                        ],
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
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
        migrations.CreateModel(
            name="ReferralChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("before", models.CharField(blank=True, max_length=15)),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Received"),
                            ("consent_pending", "Waiting for their consent"),
                            ("accepted", "Accepted"),
                            ("qualified", "Meeting"),
                            ("opportunity", "In talks"),
                            ("won", "Won"),
                            ("live", "Live"),
                            ("declined", "Declined by the prospect"),
                            ("rejected", "Not accepted"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                            ("lost", "Did not work out"),
                            ("disqualified", "Disqualified"),
                            ("merged", "Merged"),
                        ],
                        max_length=15,
                    ),
                ),
                ("role", models.CharField(max_length=10)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("fact_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("is_inferred", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="referrals.referral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferralLink",
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
                ("organization_id", models.BigIntegerField(null=True)),
                ("code", models.CharField(max_length=32, unique=True)),
                ("skeleton", models.CharField(max_length=40)),
                ("is_vanity", models.BooleanField(default=False)),
                ("content_url", models.CharField(blank=True, max_length=300)),
                ("content_subject", models.CharField(blank=True, max_length=80)),
                ("content_title", models.CharField(blank=True, max_length=200)),
                (
                    "beneficiary",
                    models.CharField(
                        choices=[
                            ("company", "My company, as credit"),
                            ("person", "Me"),
                            ("donation", "A donation"),
                            ("none", "Nobody: I introduce without a reward"),
                        ],
                        default="company",
                        max_length=8,
                        verbose_name="My rewards go to",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="referrals.program",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="referral_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="referral",
            name="link",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="referrals",
                to="referrals.referrallink",
            ),
        ),
        migrations.CreateModel(
            name="PendingClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=6)),
                ("click_id", models.CharField(blank=True, max_length=22)),
                ("occurred_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pending_claim",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="referrals.referrallink",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClickMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("channel", models.CharField(blank=True, max_length=12)),
                ("verdict", models.CharField(max_length=9)),
                ("count", models.BigIntegerField(default=0)),
                ("confirmed_count", models.BigIntegerField(default=0)),
                (
                    "link",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="referrals.referrallink",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferralNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("trying", "We are trying to reach them."),
                            ("meeting", "A meeting is arranged."),
                            ("talking", "We are in talks."),
                            ("deciding", "They are deciding."),
                            ("waiting", "They asked us to come back later."),
                            ("words", "Own words only"),
                            ("taken", "Somebody is handling it"),
                            ("contacted", "The company was contacted"),
                            ("quiet", "No news"),
                            ("expires", "It is about to end"),
                            ("contact_late", "The first contact is late"),
                            ("dispute_late", "The answer is late"),
                            ("check_late", "The check takes long"),
                            ("reward_late", "The approval is late"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=500)),
                ("author_id", models.BigIntegerField(null=True)),
                ("key", models.CharField(max_length=80, null=True)),
                ("state", models.CharField(max_length=15)),
                ("until", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="referrals.referral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReferredOrganization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referred",
                        to="accounts.organization",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Conversion",
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
                ("invoice", models.CharField(max_length=120, unique=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("refunded_amount", models.BigIntegerField(default=0)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "referred",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversions",
                        to="referrals.referredorganization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AttributionCandidate",
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
                            ("staff", "Decision by staff"),
                            ("named", "Personal introduction"),
                            ("code", "Code typed at sign-up"),
                            ("click", "Click on a link"),
                            ("cookie", "Link remembered by the browser"),
                            ("email", "Invited address"),
                            ("answer", '"Who told you about us?"'),
                        ],
                        max_length=6,
                    ),
                ),
                ("reference", models.CharField(max_length=80)),
                ("occurred_at", models.DateTimeField()),
                ("identified_at", models.DateTimeField()),
                ("evidence", models.JSONField(default=dict)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="referrals.referral",
                    ),
                ),
                (
                    "referred",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="candidates",
                        to="referrals.referredorganization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attribution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("program_id", models.BigIntegerField()),
                ("organization_id", models.BigIntegerField()),
                ("referrer_organization_id", models.BigIntegerField(null=True)),
                ("rule", models.CharField(max_length=30)),
                ("losers", models.JSONField(default=list)),
                ("explanation_ja", models.TextField()),
                ("explanation_en", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.attributioncandidate",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attributions",
                        to="referrals.referral",
                    ),
                ),
                (
                    "referred",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attributions",
                        to="referrals.referredorganization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=120)),
                ("charge", models.CharField(blank=True, max_length=120)),
                ("is_bare", models.BooleanField(default=False)),
                ("amount", models.BigIntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "conversion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="referrals.conversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RefundTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("charge", models.CharField(blank=True, max_length=120)),
                ("amount", models.BigIntegerField()),
                ("told_at", models.DateTimeField()),
                (
                    "conversion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_totals",
                        to="referrals.conversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reward",
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
                (
                    "milestone",
                    models.CharField(
                        choices=[("qualified", "Qualified"), ("won", "Won"), ("live", "Live")],
                        max_length=9,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("referrer", "The one who introduces"),
                            ("referee", "The one who is introduced"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "beneficiary",
                    models.CharField(
                        choices=[
                            ("company", "My company's credit"),
                            ("person", "Myself"),
                            ("donation", "A donation"),
                        ],
                        default="company",
                        max_length=8,
                    ),
                ),
                ("holder", models.CharField(max_length=60)),
                ("amount", models.BigIntegerField()),
                ("reversed_amount", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("snapshot", models.JSONField(default=dict)),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("rank", models.PositiveSmallIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "On hold: being checked"),
                            ("pending", "On hold"),
                            ("approved", "Approved, on hold until the date"),
                            ("available", "Available"),
                            ("reserved", "In payment"),
                            ("fulfilled", "Paid"),
                            ("reversed", "Taken back"),
                        ],
                        max_length=9,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("needs_second", models.BooleanField(default=False)),
                ("proposed_by_id", models.BigIntegerField(null=True)),
                ("approved_by_id", models.BigIntegerField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("granted_at", models.DateTimeField()),
                (
                    "conversion",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="referrals.conversion",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="accounts.organization",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="referrals.program",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="referrals.referral",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("payment_id", models.UUIDField(default=uuid.uuid4)),
                ("amount", models.BigIntegerField()),
                ("netted", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("is_live", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("sent", "Sent"),
                            ("settled", "Paid"),
                            ("failed", "Failed"),
                        ],
                        default="reserved",
                        max_length=8,
                    ),
                ),
                ("state_since", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("is_unsure", models.BooleanField(default=False)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="referrals.payoutbatch",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="delivery.delivery",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_lines",
                        to="referrals.reward",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RewardChange",
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
                            ("held", "On hold: being checked"),
                            ("pending", "On hold"),
                            ("approved", "Approved, on hold until the date"),
                            ("available", "Available"),
                            ("reserved", "In payment"),
                            ("fulfilled", "Paid"),
                            ("reversed", "Taken back"),
                        ],
                        max_length=9,
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("reversed_amount", models.BigIntegerField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="referrals.reward",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RewardRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "milestone",
                    models.CharField(
                        choices=[("qualified", "Qualified"), ("won", "Won"), ("live", "Live")],
                        max_length=9,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("referrer", "The one who introduces"),
                            ("referee", "The one who is introduced"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount", models.BigIntegerField(default=0, verbose_name="Amount")),
                (
                    "basis_points",
                    models.PositiveIntegerField(
                        default=0, verbose_name="Share of the sale (1/100 %)"
                    ),
                ),
                ("steps", models.JSONField(blank=True, default=list)),
                ("cap", models.BigIntegerField(blank=True, null=True, verbose_name="At most")),
                ("budget", models.BigIntegerField(blank=True, null=True, verbose_name="Budget")),
                ("granted_amount", models.BigIntegerField(default=0)),
                ("spent_before", models.BigIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="reward",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rewards",
                to="referrals.rewardrule",
            ),
        ),
        migrations.CreateModel(
            name="RiskFinding",
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
                            ("self", "The referrer introduced themselves"),
                            ("own_organization", "The company is the referrer's own"),
                            ("existing_customer", "The company was a customer already"),
                            ("duplicate", "Somebody else introduced the company too"),
                            ("velocity", "Unusually many introductions in a short time"),
                            ("disposable", "Throw-away mail address"),
                            ("same_device", "Same device as the referrer"),
                            ("host_company", "The company is our own"),
                            ("amount_differs", "Two systems report different amounts"),
                            ("free_mail", "Private mail address: the company is not proven"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("note", "For information"),
                            ("doubt", "Doubtful"),
                            ("grave", "Grave"),
                        ],
                        max_length=5,
                    ),
                ),
                ("evidence", models.JSONField(default=dict)),
                ("found_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_by_id", models.BigIntegerField(null=True)),
                ("close_reason", models.CharField(blank=True, max_length=200)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="referrals.referral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RollupMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("referral_id", models.BigIntegerField(null=True)),
                ("link_id", models.BigIntegerField(null=True)),
                ("month", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("link_id", None), ("month", None)),
                            models.Q(
                                ("link_id__isnull", False),
                                ("month__isnull", False),
                                ("referral_id", None),
                            ),
                            _connector="OR",
                        ),
                        name="a_mark_is_of_an_introduction_or_of_clicks_or_of_everything",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("copy", "Copying the link"),
                            ("share", "Share sheet"),
                            ("line", "LINE"),
                            ("mail", "Mail"),
                            ("x", "X"),
                            ("linkedin", "LinkedIn"),
                            ("qr", "QR code"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="referrals.referrallink",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SourceCount",
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
                        choices=[("content", "Content"), ("referrer", "Referrer")], max_length=8
                    ),
                ),
                ("key", models.CharField(max_length=300)),
                ("clicked", models.BigIntegerField(default=0)),
                ("introduced", models.BigIntegerField(default=0)),
                ("signed_up", models.BigIntegerField(default=0)),
                ("won", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["kind", "-won", "-introduced", "-clicked", "key"],
                        name="sources_that_won",
                    ),
                    models.Index(
                        fields=["kind", "-introduced", "key"], name="sources_that_introduced"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key"), name="one_count_per_source")
                ],
            },
        ),
        migrations.CreateModel(
            name="SpreadCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateField()),
                ("counted_at", models.DateTimeField()),
                ("numbers", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first",), name="one_count_per_window")
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("qualified", "Qualified"),
                            ("opportunity", "In talks"),
                            ("won", "Won"),
                            ("live", "Live"),
                            ("lost", "Lost"),
                        ],
                        max_length=11,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("is_inferred", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("actor_id", models.BigIntegerField(null=True)),
                (
                    "referred",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="referrals.referredorganization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TermsVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("text_ja", models.TextField()),
                ("text_en", models.TextField()),
                ("published_at", models.DateTimeField()),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="reward",
            name="terms",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.termsversion",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="terms",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.termsversion",
            ),
        ),
        migrations.CreateModel(
            name="WaitCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("channel", models.CharField(max_length=12)),
                ("stage", models.CharField(max_length=11)),
                ("came", models.BooleanField()),
                ("days", models.IntegerField(null=True)),
                ("since", models.DateField(null=True)),
                ("count", models.PositiveIntegerField()),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="YearlyTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("amount", models.BigIntegerField(default=0)),
                ("cap", models.BigIntegerField(null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="yearly_totals",
                        to="referrals.program",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConversionSighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("external_ref", models.CharField(max_length=120)),
                ("seen_at", models.DateTimeField()),
                (
                    "conversion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="referrals.conversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_ref"),
                        name="one_conversion_per_source_and_reference",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DealRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("line", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                ("outcome", models.CharField(blank=True, max_length=8)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="referrals.dealimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "number"), name="one_row_per_number_of_an_import"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EarnedMoment",
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
                            ("helped", "Their answer was accepted"),
                            ("solved", "The customer confirmed that it was solved"),
                        ],
                        max_length=6,
                    ),
                ),
                ("subject", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-at"], name="moments_by_person")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "kind", "subject"), name="one_moment_per_person_and_subject"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversionCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before_amount", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("told_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "conversion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="referrals.conversion",
                    ),
                ),
                (
                    "fact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="referrals.fact",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="a_corrected_sale_is_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FailedRefund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=120)),
                ("charge", models.CharField(blank=True, max_length=120)),
                ("told_at", models.DateTimeField()),
                (
                    "conversion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="failed_refunds",
                        to="referrals.conversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("conversion", "reference"), name="one_failed_refund_per_reference"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMessage",
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
                ("external_id", models.CharField(max_length=200)),
                ("name", models.CharField(blank=True, max_length=80)),
                ("body", models.BinaryField()),
                ("headers", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Being processed"),
                            ("processed", "Processed"),
                            ("ignored", "Not about sales"),
                            ("unusable", "Not understood"),
                            ("failed", "Tried again later"),
                        ],
                        default="received",
                        max_length=9,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("facts", models.JSONField(default=list)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("repeat_count", models.PositiveIntegerField(default=0)),
                ("conflict_count", models.PositiveIntegerField(default=0)),
                ("received_at", models.DateTimeField()),
                ("processed_at", models.DateTimeField(null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="referrals.inboundsource",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("received", "failed"))),
                        fields=["next_try_at", "id"],
                        name="inbound_unprocessed",
                    ),
                    models.Index(fields=["source", "-id"], name="inbound_by_source"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_id"),
                        name="one_inbound_message_per_source_and_id",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="ledgertransaction",
            index=models.Index(fields=["reward_id"], name="ledger_by_reward"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="an_entry_is_not_zero"
            ),
        ),
        migrations.AddField(
            model_name="milestones",
            name="link",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="referrals.referrallink",
            ),
        ),
        migrations.AddField(
            model_name="milestones",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="milestones",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="referrals.program",
            ),
        ),
        migrations.AddField(
            model_name="milestones",
            name="referrer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="milestones",
            name="referrer_organization",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("referral",),
                name="one_open_dispute_per_referral",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("is_default",),
                name="one_default_program",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("window_days__gte", 1)), name="program_window_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("protection_days__gte", 15)),
                name="an_introduction_stands_for_15_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("review_threshold__gte", 0)),
                name="review_threshold_is_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__in", ("JPY", "USD", "EUR", "PTS"))),
                name="program_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("year_cap", None), ("year_cap__gt", 0), _connector="OR"),
                name="year_cap_is_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("ask_rest_days__gte", 1)), name="a_rest_between_asks"
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("hold_out_percent__lte", 50)), name="hold_out_is_at_most_half"
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_at", None),
                    ("ends_at", None),
                    ("opens_at__lt", models.F("ends_at")),
                    _connector="OR",
                ),
                name="program_opens_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("reserved", "failed")),
                    ("sent_by_id__isnull", False),
                    ("closed_by_id__isnull", False),
                    _connector="OR",
                ),
                name="a_person_releases_a_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonecount",
            constraint=models.UniqueConstraint(
                fields=("month", "program", "channel", "state", "rank", "is_paid"),
                name="one_count_of_introductions_alike",
            ),
        ),
        migrations.AddConstraint(
            model_name="clickcount",
            constraint=models.UniqueConstraint(
                fields=("month", "program", "channel", "verdict"), name="one_count_of_clicks_alike"
            ),
        ),
        migrations.AddConstraint(
            model_name="boardchoice",
            constraint=models.UniqueConstraint(
                fields=("program", "user"), name="one_board_choice_per_person"
            ),
        ),
        migrations.AddIndex(
            model_name="ask",
            index=models.Index(fields=["user", "-asked_at"], name="asks_by_person"),
        ),
        migrations.AddIndex(
            model_name="ask",
            index=models.Index(fields=["program", "asked_at"], name="asks_by_program"),
        ),
        migrations.AddConstraint(
            model_name="ask",
            constraint=models.UniqueConstraint(
                fields=("user", "moment"), name="one_ask_for_one_moment"
            ),
        ),
        migrations.AddConstraint(
            model_name="ask",
            constraint=models.CheckConstraint(
                condition=models.Q(("moment", ""), _negated=True), name="an_ask_has_its_moment"
            ),
        ),
        migrations.AddIndex(
            model_name="programchange",
            index=models.Index(fields=["program", "at"], name="program_changes_by_time"),
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
        migrations.AddConstraint(
            model_name="referralchange",
            constraint=models.UniqueConstraint(
                fields=("referral", "version"), name="one_change_per_version"
            ),
        ),
        migrations.AddIndex(
            model_name="referrallink",
            index=models.Index(fields=["skeleton"], name="links_by_skeleton"),
        ),
        migrations.AddIndex(
            model_name="referrallink",
            index=models.Index(
                condition=models.Q(("content_subject", ""), _negated=True),
                fields=["content_subject"],
                name="links_by_content",
            ),
        ),
        migrations.AddConstraint(
            model_name="referrallink",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("content_url", ""), ("retired_at", None), ("user__isnull", False)
                ),
                fields=("program", "user"),
                name="one_live_link_per_person_and_program",
            ),
        ),
        migrations.AddConstraint(
            model_name="referrallink",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("retired_at", None),
                    ("user__isnull", False),
                    models.Q(("content_url", ""), _negated=True),
                ),
                fields=("program", "user", "content_url"),
                name="one_live_link_per_person_and_content",
            ),
        ),
        migrations.AddConstraint(
            model_name="referrallink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_vanity", True)),
                fields=("skeleton",),
                name="no_two_vanity_codes_look_alike",
            ),
        ),
        migrations.AddConstraint(
            model_name="clickmonth",
            constraint=models.UniqueConstraint(
                fields=("month", "link", "channel", "verdict"),
                name="one_count_per_month_link_channel",
            ),
        ),
        migrations.AddIndex(
            model_name="referralnote",
            index=models.Index(fields=["referral", "-at"], name="notes_of_referral"),
        ),
        migrations.AddConstraint(
            model_name="referralnote",
            constraint=models.UniqueConstraint(
                fields=("referral", "key"), name="one_automatic_note_per_cause"
            ),
        ),
        migrations.AddConstraint(
            model_name="referralnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("author_id", None), ("key__isnull", False), ("text", "")),
                    models.Q(("author_id__isnull", False), ("key", None)),
                    _connector="OR",
                ),
                name="a_note_is_a_persons_or_says_it_is_automatic",
            ),
        ),
        migrations.AddConstraint(
            model_name="referredorganization",
            constraint=models.UniqueConstraint(
                fields=("program", "organization"), name="one_row_per_program_and_organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="a_sale_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_amount__gte", 0), ("refunded_amount__lte", models.F("amount"))
                ),
                name="refunded_is_at_most_the_sale",
            ),
        ),
        migrations.AddConstraint(
            model_name="attributioncandidate",
            constraint=models.UniqueConstraint(
                fields=("referred", "kind", "reference"), name="one_candidate_per_claim"
            ),
        ),
        migrations.AddConstraint(
            model_name="attribution",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("program_id", "organization_id"),
                name="one_active_attribution_per_program_and_organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="attribution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("referrer_organization_id", None),
                    models.Q(
                        ("organization_id", models.F("referrer_organization_id")), _negated=True
                    ),
                    _connector="OR",
                ),
                name="the_credited_company_is_not_the_referrers",
            ),
        ),
        migrations.AddConstraint(
            model_name="attribution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_active", True), ("superseded_at", None)),
                    models.Q(("is_active", False), ("superseded_at__isnull", False)),
                    _connector="OR",
                ),
                name="an_old_attribution_says_when_it_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                fields=("conversion", "reference"), name="one_refund_per_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="a_refund_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundtotal",
            constraint=models.UniqueConstraint(
                fields=("conversion", "charge"), name="one_refund_total_per_payment"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundtotal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="a_refund_total_is_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="payoutline",
            index=models.Index(fields=["batch", "state"], name="lines_by_batch_and_state"),
        ),
        migrations.AddIndex(
            model_name="payoutline",
            index=models.Index(
                condition=models.Q(("is_unsure", True)), fields=["reward"], name="unsure_lines"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_live", True)),
                fields=("reward",),
                name="a_reward_is_in_one_live_payout_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_live", True)),
                fields=("payment_id",),
                name="one_live_line_per_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("netted__gte", 0)),
                name="payout_is_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_live", True), models.Q(("state", "failed"), _negated=True)),
                    models.Q(("is_live", False), ("state", "failed")),
                    _connector="OR",
                ),
                name="only_a_failed_line_is_not_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardchange",
            constraint=models.UniqueConstraint(
                fields=("reward", "version"), name="one_reward_change_per_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("program", "milestone", "side"),
                name="one_rule_per_milestone_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("basis_points", 0), ("steps", [])),
                    models.Q(("amount", 0), ("basis_points__gt", 0), ("steps", [])),
                    models.Q(
                        ("amount", 0),
                        ("basis_points", 0),
                        ("milestone__in", ("won", "live")),
                        models.Q(("steps", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_rule_is_fixed_a_share_or_steps",
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis_points__lte", 10000)), name="share_is_at_most_the_sale"
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("budget", None), ("granted_amount__lte", models.F("budget")), _connector="OR"
                ),
                name="budget_is_never_exceeded",
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("granted_amount__gte", 0)),
                name="granted_amount_is_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskfinding",
            constraint=models.UniqueConstraint(
                fields=("referral", "kind"), name="one_finding_of_a_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="sharelog",
            index=models.Index(fields=["link", "-at"], name="shares_by_link"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(
                fields=("referred", "stage"), name="one_date_per_stage"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "lost"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_loss_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="termsversion",
            constraint=models.UniqueConstraint(
                fields=("program", "number"), name="one_terms_text_per_number"
            ),
        ),
        migrations.AddIndex(
            model_name="reward",
            index=models.Index(fields=["state", "due_at"], name="rewards_by_state"),
        ),
        migrations.AddIndex(
            model_name="reward",
            index=models.Index(fields=["user", "-granted_at"], name="rewards_by_user"),
        ),
        migrations.AddIndex(
            model_name="reward",
            index=models.Index(
                fields=["organization", "-granted_at"], name="rewards_by_organization"
            ),
        ),
        migrations.AddIndex(
            model_name="reward",
            index=models.Index(fields=["holder"], name="rewards_by_holder"),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.UniqueConstraint(
                fields=("referral", "milestone", "side"),
                name="one_reward_per_introduction_milestone_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="a_reward_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reversed_amount__gte", 0), ("reversed_amount__lte", models.F("amount"))
                ),
                name="reversed_is_at_most_the_reward",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("held", "pending", "reversed")),
                    ("approved_by_id__isnull", False),
                    _connector="OR",
                ),
                name="nothing_is_paid_unless_a_person_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by_id", None),
                    ("user_id", None),
                    models.Q(("approved_by_id", models.F("user_id")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_approves_her_own_reward",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by_id", None),
                    ("needs_second", False),
                    models.Q(
                        ("proposed_by_id__isnull", False),
                        models.Q(("proposed_by_id", models.F("approved_by_id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="two_people_approve_a_large_reward",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["referrer", "-introduced_at"], name="referrals_by_referrer"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["state", "state_since"], name="referrals_by_state"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["program", "introduced_at"], name="referrals_by_cohort"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("contacted_at", None)),
                fields=["state"],
                name="referrals_nobody_contacted",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("next_due_at__isnull", False)),
                fields=["next_due_at"],
                name="referrals_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organization__isnull", False)),
                fields=("program", "organization", "referrer"),
                name="one_introduction_per_referrer_and_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("page_holder__in", ("sender", "answerer", "desk"))),
                name="the_holder_of_a_page_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("organization", None),
                    ("referrer_organization", None),
                    models.Q(("organization", models.F("referrer_organization")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_introduces_her_own_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("referee", None),
                    models.Q(("referee", models.F("referrer")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_introduces_herself",
            ),
        ),
        migrations.AddIndex(
            model_name="waitcount",
            index=models.Index(fields=["stage", "came", "days", "since"], name="waits_alike"),
        ),
        migrations.AddConstraint(
            model_name="waitcount",
            constraint=models.UniqueConstraint(
                fields=("month", "program", "channel", "stage", "came", "days", "since"),
                name="one_count_of_waits_alike",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="waitcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("days__gte", 0), ("since", None)),
                    models.Q(("came", False), ("days", None), ("since__isnull", False)),
                    _connector="OR",
                ),
                name="a_wait_is_over_or_has_a_beginning",
            ),
        ),
        migrations.AddConstraint(
            model_name="yearlytotal",
            constraint=models.UniqueConstraint(
                fields=("program", "user", "year"), name="one_total_per_person_and_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="yearlytotal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="yearly_total_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="yearlytotal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cap", None), ("amount__lte", models.F("cap")), _connector="OR"
                ),
                name="the_yearly_cap_is_never_exceeded",
            ),
        ),
        migrations.AddIndex(
            model_name="milestones",
            index=models.Index(fields=["-introduced_at", "-referral"], name="milestones_newest"),
        ),
        migrations.AddIndex(
            model_name="milestones",
            index=models.Index(
                condition=models.Q(("rank__gte", 4)), fields=["organization"], name="milestones_won"
            ),
        ),
        migrations.AddIndex(
            model_name="milestones",
            index=models.Index(fields=["month", "program", "channel"], name="milestones_by_cohort"),
        ),
        migrations.AddIndex(
            model_name="milestones",
            index=models.Index(
                condition=models.Q(("content", ""), _negated=True),
                fields=["content"],
                name="milestones_by_content",
            ),
        ),
    ]
