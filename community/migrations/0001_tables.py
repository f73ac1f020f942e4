"""The tables of community."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import portal.core.db.ids
import portal.core.text.html_version
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
            name="Article",
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
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                ("html", models.TextField(blank=True)),
                (
                    "html_version",
                    models.PositiveSmallIntegerField(
                        default=portal.core.text.html_version.current_version
                    ),
                ),
                ("summary", models.CharField(blank=True, max_length=240)),
                ("contents", models.JSONField(default=list)),
                ("language", models.CharField(default="ja", max_length=2)),
                ("translated_number", models.PositiveIntegerField(null=True)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "tag_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("members", "Signed-in members"),
                            ("organization", "Only my company"),
                            ("staff", "Staff only"),
                        ],
                        default="public",
                        max_length=12,
                    ),
                ),
                ("published_number", models.PositiveIntegerField(null=True)),
                ("last_number", models.PositiveIntegerField(default=0)),
                ("helpful_count", models.PositiveIntegerField(default=0)),
                ("unhelpful_count", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("form_key", models.UUIDField(null=True, unique=True)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("external_id", models.CharField(blank=True, max_length=60)),
                ("source_url", models.URLField(blank=True, max_length=300)),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "translation_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="translations",
                        to="community.article",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attachment",
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
                ("file", models.FileField(upload_to="attachments/%Y/%m/")),
                ("name", models.CharField(blank=True, max_length=120)),
                ("content_type", models.CharField(max_length=10)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                (
                    "uploader",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="attachments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("data", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                ("discarded_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("spam", "Advertising or spam"),
                            ("rude", "Hurtful or rude"),
                            ("private", "Personal or confidential information"),
                            ("wrong", "Wrong or no longer works"),
                            ("other", "Something else"),
                        ],
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("hidden", "Hidden"), ("kept", "Kept")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("claimed_at", models.DateTimeField(null=True)),
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
                    "reporter",
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
            name="Post",
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
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("body", "Text"), ("answer", "Answer"), ("comment", "Comment")],
                        max_length=7,
                    ),
                ),
                ("by_staff", models.BooleanField(default=False)),
                ("markdown", models.TextField()),
                ("html", models.TextField()),
                (
                    "html_version",
                    models.PositiveSmallIntegerField(
                        default=portal.core.text.html_version.current_version
                    ),
                ),
                ("language", models.CharField(default="ja", max_length=2)),
                ("up_count", models.PositiveIntegerField(default=0)),
                ("down_count", models.PositiveIntegerField(default=0)),
                (
                    "score",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("up_count"), "-", models.F("down_count")
                        ),
                        output_field=models.IntegerField(),
                    ),
                ),
                ("reactions", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(null=True)),
                ("revision_count", models.PositiveIntegerField(default=0)),
                ("hidden_at", models.DateTimeField(null=True)),
                ("hidden_reason", models.CharField(blank=True, max_length=300)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("was_accepted_at", models.DateTimeField(null=True)),
                ("form_key", models.UUIDField(null=True, unique=True)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("external_id", models.CharField(blank=True, max_length=60)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author_organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="community.post",
                    ),
                ),
                (
                    "was_accepted_by",
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
            name="ModerationAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("hide", "Hidden"), ("keep", "Kept"), ("restore", "Shown again")],
                        max_length=7,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("flags", models.ManyToManyField(related_name="acts", to="community.flag")),
                (
                    "moderator",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acts",
                        to="community.post",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="flag",
            name="post",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="flags",
                to="community.post",
            ),
        ),
        migrations.CreateModel(
            name="AttachmentUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachment_uses",
                        to="community.article",
                    ),
                ),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="community.attachment",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachment_uses",
                        to="community.post",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PostRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(blank=True, max_length=120)),
                ("markdown", models.TextField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "editor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="community.post",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reaction",
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
                            ("up", "Helpful"),
                            ("down", "Not helpful"),
                            ("same", "Same here"),
                            ("thanks", "Thank you"),
                        ],
                        max_length=6,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("source", models.CharField(blank=True, max_length=40)),
                ("external_id", models.CharField(blank=True, max_length=60)),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="community.post",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Space",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("name_ja", models.CharField(max_length=40)),
                ("name_en", models.CharField(max_length=40)),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("members", "Signed-in members"),
                            ("organization", "Only my company"),
                            ("staff", "Staff only"),
                        ],
                        default="public",
                        max_length=12,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("topic_count", models.PositiveIntegerField(default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "pk"),
            },
        ),
        migrations.AddField(
            model_name="article",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="community.space",
            ),
        ),
        migrations.CreateModel(
            name="Story",
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
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("published", "Published"),
                            ("returned", "Returned"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                ("problem", models.TextField()),
                ("action", models.TextField()),
                ("outcome", models.TextField()),
                ("summary", models.CharField(blank=True, max_length=240)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("form_key", models.UUIDField(null=True, unique=True)),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stories",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
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
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stories",
                        to="community.space",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StoryConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("public", "Everybody, also outside this community"),
                            ("members", "Signed-in members only"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "naming",
                    models.CharField(
                        choices=[
                            ("company", "With the name of my company and mine"),
                            ("industry", "With our industry only, without names"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text_version", models.CharField(max_length=20)),
                ("words", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "story",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="community.story",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="story",
            name="consent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="community.storyconsent",
            ),
        ),
        migrations.CreateModel(
            name="StoryResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("what", models.CharField(max_length=60)),
                ("before", models.DecimalField(decimal_places=2, max_digits=14)),
                ("after", models.DecimalField(decimal_places=2, max_digits=14)),
                ("unit", models.CharField(blank=True, max_length=12)),
                (
                    "story",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="results",
                        to="community.story",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("slug", models.CharField(max_length=40, unique=True)),
                ("topic_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["-topic_count", "slug"], name="tags_by_use")],
            },
        ),
        migrations.CreateModel(
            name="Topic",
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
                            ("question", "Question"),
                            ("discussion", "Discussion"),
                            ("story", "Success story"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                ("language", models.CharField(default="ja", max_length=2)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "tag_names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("members", "Signed-in members"),
                            ("organization", "Only my company"),
                            ("staff", "Staff only"),
                        ],
                        max_length=12,
                    ),
                ),
                ("answer_count", models.PositiveIntegerField(default=0)),
                ("comment_count", models.PositiveIntegerField(default=0)),
                ("last_number", models.PositiveIntegerField(default=0)),
                ("reaction_count", models.PositiveIntegerField(default=0)),
                ("follower_count", models.PositiveIntegerField(default=0)),
                ("view_count", models.PositiveIntegerField(default=0)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("first_answered_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("last_posted_at", models.DateTimeField()),
                ("is_locked", models.BooleanField(default=False)),
                ("hidden_at", models.DateTimeField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("form_key", models.UUIDField(null=True, unique=True)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("external_id", models.CharField(blank=True, max_length=60)),
                ("source_url", models.URLField(blank=True, max_length=300)),
                ("is_sample", models.BooleanField(default=False)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "accepted_post",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="accepted_in",
                        to="community.post",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="topics",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author_organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "consent",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="community.storyconsent",
                    ),
                ),
                (
                    "deleted_by",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="community.space",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="story",
            name="topic",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="story",
                to="community.topic",
            ),
        ),
        migrations.CreateModel(
            name="ReadState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_read_number", models.PositiveIntegerField(default=0)),
                ("read_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="read_states",
                        to="community.topic",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="post",
            name="topic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="posts",
                to="community.topic",
            ),
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="community.tag",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="community.topic",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="article",
            name="source_topic",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="articles",
                to="community.topic",
            ),
        ),
        migrations.CreateModel(
            name="ArticleRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("markdown", models.TextField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="community.article",
                    ),
                ),
                (
                    "editor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "number"), name="one_article_revision_per_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("is_helpful", models.BooleanField()),
                ("why", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="community.article",
                    ),
                ),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "user"), name="one_voice_per_person_and_article"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["created_at"], name="attachments_by_age"),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("content_type__in", ["image/gif", "image/jpeg", "image/png", "image/webp"])
                ),
                name="an_attachment_is_a_kind_of_picture",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="one_draft_per_form"),
        ),
        migrations.AddIndex(
            model_name="moderationact",
            index=models.Index(fields=["-at"], name="acts_by_moment"),
        ),
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["created_at"], name="open_flags"
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("post", "reporter"),
                name="one_open_flag_per_person_and_post",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ("spam", "rude", "private", "wrong", "other"))),
                name="flag_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachmentuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("article__isnull", False), ("post__isnull", True)),
                    models.Q(("article__isnull", True), ("post__isnull", False)),
                    _connector="OR",
                ),
                name="an_attachment_is_used_in_one_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachmentuse",
            constraint=models.UniqueConstraint(
                fields=("attachment", "post"), name="a_post_shows_an_attachment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachmentuse",
            constraint=models.UniqueConstraint(
                fields=("attachment", "article"), name="an_article_shows_an_attachment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="postrevision",
            constraint=models.UniqueConstraint(
                fields=("post", "number"), name="one_post_revision_per_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.UniqueConstraint(
                fields=("user", "post", "kind"), name="one_reaction_of_a_kind_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ("up", "down"))),
                fields=("user", "post"),
                name="one_vote_per_person_and_post",
            ),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("up", "down", "same", "thanks"))),
                name="reaction_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("user__isnull", False),
                    models.Q(("external_id", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_reaction_has_a_person_or_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="reaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("source", "external_id"),
                name="an_imported_vote_comes_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="space",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("visibility__in", ["public", "members", "organization", "staff"])
                ),
                name="space_visibility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="space",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("organization__isnull", False), ("visibility", "organization")),
                    models.Q(
                        models.Q(("visibility", "organization"), _negated=True),
                        ("organization__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_space_names_its_organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="storyconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ("public", "members"))),
                name="consent_audience_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="storyconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(("naming__in", ("company", "industry"))),
                name="consent_naming_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="storyconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("words", ""), _negated=True),
                    models.Q(("text_version", ""), _negated=True),
                ),
                name="consent_says_to_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="storyconsent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("story",),
                name="one_open_consent_per_story",
            ),
        ),
        migrations.AddConstraint(
            model_name="storyresult",
            constraint=models.UniqueConstraint(
                fields=("story", "position"), name="one_result_per_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="storyresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1), ("position__lte", 3)),
                name="up_to_three_results",
            ),
        ),
        migrations.AddConstraint(
            model_name="storyresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("what", ""), _negated=True),
                name="a_result_says_what_was_measured",
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("hidden_at", None)),
                fields=["kind", "-last_posted_at", "-id"],
                name="topics_by_last_post",
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(
                    ("accepted_post", None), ("deleted_at", None), ("hidden_at", None)
                ),
                fields=["kind", "-last_posted_at", "-id"],
                name="unsolved_topics",
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("answer_count", 0), ("deleted_at", None), ("hidden_at", None)),
                fields=["kind", "-last_posted_at", "-id"],
                name="unanswered_topics",
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("hidden_at", None)),
                fields=["kind", "space", "-last_posted_at", "-id"],
                name="topics_of_a_space",
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                condition=models.Q(
                    ("accepted_at__isnull", False), ("deleted_at", None), ("hidden_at", None)
                ),
                fields=["accepted_at"],
                name="topics_by_acceptance",
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(fields=["author", "-created_at"], name="topics_by_author"),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(
                fields=["author_organization", "-created_at"], name="topics_by_company"
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="topics_by_tag"),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("question", "discussion", "story"))),
                name="topic_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "story"), _negated=True),
                    ("deleted_at__isnull", False),
                    ("consent__isnull", False),
                    _connector="OR",
                ),
                name="a_story_is_shown_only_with_consent",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "story"), _negated=True),
                    ("visibility__in", ("public", "members")),
                    _connector="OR",
                ),
                name="a_story_is_for_everybody_or_members",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("visibility__in", ["public", "members", "organization", "staff"])
                ),
                name="topic_visibility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("organization__isnull", False), ("visibility", "organization")),
                    models.Q(
                        models.Q(("visibility", "organization"), _negated=True),
                        ("organization__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_topic_names_its_organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted_post__isnull", True), ("kind", "question"), _connector="OR"
                ),
                name="only_questions_are_solved",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at__isnull", True), ("accepted_post__isnull", True)),
                    models.Q(("accepted_at__isnull", False), ("accepted_post__isnull", False)),
                    _connector="OR",
                ),
                name="an_accepted_answer_has_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("source", "external_id"),
                name="an_imported_topic_comes_once",
            ),
        ),
        migrations.AddIndex(
            model_name="story",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["submitted_at", "id"],
                name="stories_that_wait",
            ),
        ),
        migrations.AddIndex(
            model_name="story",
            index=models.Index(fields=["author", "-updated_at"], name="stories_by_author"),
        ),
        migrations.AddConstraint(
            model_name="story",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "submitted", "published", "returned", "withdrawn"))
                ),
                name="story_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="story",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("consent__isnull", False), ("state__in", ("submitted", "published"))),
                    models.Q(
                        models.Q(("state__in", ("submitted", "published")), _negated=True),
                        ("consent__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_story_goes_out_only_with_consent",
            ),
        ),
        migrations.AddConstraint(
            model_name="story",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    models.Q(("published_at__isnull", False), ("topic__isnull", False)),
                    _connector="OR",
                ),
                name="a_published_story_has_its_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="story",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_returned_story_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="story",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("problem", ""), _negated=True),
                    models.Q(("action", ""), _negated=True),
                    models.Q(("outcome", ""), _negated=True),
                ),
                name="a_story_is_told_in_three_parts",
            ),
        ),
        migrations.AddConstraint(
            model_name="readstate",
            constraint=models.UniqueConstraint(
                fields=("user", "topic"), name="one_read_state_per_person_and_topic"
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["author", "-created_at"], name="posts_by_author"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["html_version"], name="posts_by_html_version"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                fields=("topic", "number"), name="one_post_per_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("body", "answer", "comment"))),
                name="post_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "body"), ("number", 1)),
                    models.Q(models.Q(("kind", "body"), _negated=True), ("number__gt", 1)),
                    _connector="OR",
                ),
                name="the_first_post_is_the_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "comment"), ("parent__isnull", False)),
                    models.Q(
                        models.Q(("kind", "comment"), _negated=True), ("parent__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="a_comment_belongs_to_a_post",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("source", "external_id"),
                name="an_imported_post_comes_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(
                fields=("topic", "user"), name="follow_a_topic_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(fields=("tag", "user"), name="follow_a_tag_once"),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tag__isnull", True), ("topic__isnull", False)),
                    models.Q(("tag__isnull", False), ("topic__isnull", True)),
                    _connector="OR",
                ),
                name="a_follow_has_one_object",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["status", "-updated_at", "-id"], name="articles_by_update"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="articles_by_tag"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("draft", "published", "archived"))),
                name="article_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("visibility__in", ["public", "members", "organization", "staff"])
                ),
                name="article_visibility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("organization__isnull", False), ("visibility", "organization")),
                    models.Q(
                        models.Q(("visibility", "organization"), _negated=True),
                        ("organization__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="an_article_names_its_organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True),
                    models.Q(("published_at__isnull", False), ("published_number__isnull", False)),
                    _connector="OR",
                ),
                name="a_published_article_has_a_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(
                fields=("translation_of", "language"), name="one_translation_per_language"
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("source", "external_id"),
                name="an_imported_article_comes_once",
            ),
        ),
    ]
