"""Forms whose choices are known only when they are made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django_stubs_ext import StrOrPromise

Row = TypeVar("Row", bound=Model)


def set_choices(
    form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, StrOrPromise]]
) -> None:
    """Give a choice field of this form its choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    field.choices = list(choices)


def set_queryset(form: forms.BaseForm, name: str, rows: QuerySet[Row]) -> None:
    """Give a field of this form that chooses among rows the rows to choose from."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(name)
    field.queryset = rows
