"""Images in posts and articles, and which texts show them."""

import django.db.models.deletion
import portal.core.db.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0003_find_what_was_solved_lately"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
    ]
