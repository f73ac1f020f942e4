"""Which renderer made a stored text: those that are there are rendered anew."""

from __future__ import annotations

from django.db import migrations, models

import portal.core.text.markdown


class Migration(migrations.Migration):
    dependencies = [("community", "0005_topics_are_not_pinned")]

    operations = [
        operation
        for model in ("post", "article")
        for operation in (
            migrations.AddField(
                model_name=model,
                name="html_version",
                field=models.PositiveSmallIntegerField(default=0),
            ),
            migrations.AlterField(
                model_name=model,
                name="html_version",
                field=models.PositiveSmallIntegerField(
                    default=portal.core.text.markdown.current_version
                ),
            ),
        )
    ] + [
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["html_version"], name="posts_by_html_version"),
        ),
    ]
