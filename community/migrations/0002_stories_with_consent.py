"""Success stories, the consent to them, their figures; a story's topic is shown only with
consent.
"""

import django.db.models.deletion
import portal.core.db.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people_and_organizations"),
        ("community", "0001_what_customers_do"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
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
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="topic",
            name="topic_kind_is_known",
        ),
        migrations.AlterField(
            model_name="topic",
            name="kind",
            field=models.CharField(
                choices=[
                    ("question", "Question"),
                    ("discussion", "Discussion"),
                    ("story", "Success story"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="story",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stories",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="story",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="story",
            name="organization",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="story",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stories",
                to="community.space",
            ),
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
        migrations.AddField(
            model_name="storyconsent",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="storyconsent",
            name="given_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="storyconsent",
            name="story",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="consents",
                to="community.story",
            ),
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
        migrations.AddField(
            model_name="topic",
            name="consent",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="community.storyconsent",
            ),
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
        migrations.AddField(
            model_name="storyresult",
            name="story",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="results",
                to="community.story",
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
    ]
