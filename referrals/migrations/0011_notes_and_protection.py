"""Notes to referrers between the stages, and how long an introduction is protected without
progress.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0010_count_what_each_year_brought"),
    ]

    operations = [
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
            ],
        ),
        migrations.AddField(
            model_name="program",
            name="protection_days",
            field=models.PositiveSmallIntegerField(
                default=180, verbose_name="Days an introduction stands without progress"
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("protection_days__gte", 15)),
                name="an_introduction_stands_for_15_days",
            ),
        ),
        migrations.AddField(
            model_name="referralnote",
            name="referral",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to="referrals.referral",
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
    ]
