"""A link may carry a question, an answer or an article: which one, its title, one live link per
person and content.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0006_find_facts_that_wait"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "referrallink",
            "content_subject",
            models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            "referrallink",
            "content_title",
            models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "referrallink",
            models.UniqueConstraint(
                fields=["program", "user", "content_url"],
                condition=Q(("retired_at", None), ("user__isnull", False), ~Q(("content_url", ""))),
                name="one_live_link_per_person_and_content",
            ),
        ),
        migrations.AddIndex(
            "referrallink",
            models.Index(
                fields=["content_subject"],
                condition=~Q(content_subject=""),
                name="links_by_content",
            ),
        ),
    ]
