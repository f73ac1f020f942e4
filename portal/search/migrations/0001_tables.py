"""The tables of search."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import portal.search.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SearchQueue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True)),
                ("url", models.CharField(max_length=300)),
                ("language", models.CharField(blank=True, max_length=2)),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("members", "Signed-in members"),
                            ("organization", "Only my company"),
                            ("staff", "Staff only"),
                        ],
                        default="staff",
                        max_length=12,
                    ),
                ),
                ("organization_id", models.BigIntegerField(null=True)),
                ("updated_at", models.DateTimeField()),
                ("vector", django.contrib.postgres.search.SearchVectorField(null=True)),
                (
                    "form_version",
                    models.PositiveSmallIntegerField(default=portal.search.models.current_form),
                ),
                ("is_solved", models.BooleanField(default=False)),
                ("votes", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["vector"], name="search_words"
                    ),
                    models.Index(fields=["-updated_at"], name="search_newest"),
                    models.Index(fields=["form_version"], name="search_by_form"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "object_id"), name="one_document_per_object"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("visibility", "organization"), _negated=True),
                            ("organization_id__isnull", False),
                            _connector="OR",
                        ),
                        name="a_company_document_names_its_company",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SynonymGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words__len__gte", 2)),
                        name="a_synonym_is_of_another_word",
                    )
                ],
            },
        ),
    ]
