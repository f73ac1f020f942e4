"""Compiled queries: on a busy page, building a query in the ORM costs more than running it.

A queryset is built with placeholders instead of values and compiled once per variant; after that
only the values change. The builder sees nothing but its variant and the placeholders, so one
reader's permissions cannot leak into another's query.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from psycopg.types.numeric import Int2, Int4, Int8

from portal.core.db.prepared_statements import prepared

M = TypeVar("M", bound=Model)
V = TypeVar("V", int, str, datetime)
Fill = Callable[[Mapping[str, Any]], Any]
_NUMBERS = (Int2, Int4, Int8)
FIRST_NUMBER = 2_147_000_000  # fits every integer column, and stands in no statement of ours
FIRST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)


class Placeholders:
    """Hands out a value nobody else has for each name, and knows afterwards whose it was."""

    def __init__(self) -> None:
        self._names: dict[Any, str] = {}
        self._certain: set[str] = set()

    def number(self, name: str, *, certain: bool = True) -> int:
        """Stand in for a number; one that is not `certain` may end up in no condition at all."""
        return self._new(name, FIRST_NUMBER + len(self._names), certain)

    def text(self, name: str) -> str:
        return self._new(name, f"\x01{name}\x01", True)

    def moment(self, name: str) -> datetime:
        return self._new(name, FIRST_MOMENT + timedelta(seconds=len(self._names)), True)

    def _new(self, name: str, value: V, certain: bool) -> V:
        self._names[value] = name
        if certain:
            self._certain.add(name)
        return value

    def filler(self, parameter: Any) -> Fill:
        """Return what fills a compiled parameter: the value of a name, a list of such, or the
        constant that it is.
        """
        if isinstance(parameter, list):
            fillers = [self.filler(each) for each in parameter]
            return lambda values: [fill(values) for fill in fillers]
        name = self._names.get(parameter) if isinstance(parameter, Hashable) else None
        if name is None:
            return lambda values: parameter
        self._certain.discard(name)
        if isinstance(
            parameter, int
        ):  # a number of one type, however small: the statement is prepared once
            number = type(parameter) if type(parameter) in _NUMBERS else Int8
            return lambda values: None if values[name] is None else number(values[name])
        return itemgetter(name)

    def check(self) -> None:
        """Raise ValueError where a value was prepared into something that is not recognised any
        more.
        """
        if self._certain:
            raise ValueError(f"not found in the statement: {', '.join(sorted(self._certain))}")


LARGEST = 2**63 - 1
Build = Callable[[Any, Placeholders], "QuerySet[M]"]


class CompiledQuery(Generic[M]):
    """A queryset by shape. `build(shape, stand_ins)` is called once per shape and must look at
    nothing else.

    >>> by_author = Statement(lambda kind, values: Topic.objects.filter(kind=kind,
    author_id=values.number("author"))) >>> by_author.rows("question", author=user.pk)
    """

    def __init__(self, build: Build[M]) -> None:
        self._build = build
        self._compiled: dict[Hashable, _Compiled] = {}

    def rows(self, shape: Hashable, **values: Any) -> list[M]:
        """Return the rows as instances of the model, related ones and annotations in place.

        A number PostgreSQL has no room for, as an address may hold, is no row's.
        """
        if any(isinstance(value, int) and abs(value) > LARGEST for value in values.values()):
            return []
        compiled = self._compiled.get(shape)
        if compiled is None:
            stand_ins = Placeholders()
            compiled = self._compiled[shape] = _Compiled(self._build(shape, stand_ins), stand_ins)
        return list(compiled.instances(values))

    def first(self, shape: Hashable, **values: Any) -> M | None:
        """Return the first row, if there is one."""
        return next(iter(self.rows(shape, **values)), None)


class _Compiled:
    """The text of one shape, where its values go, and what becomes of its columns."""

    def __init__(self, queryset: QuerySet[Any], stand_ins: Placeholders) -> None:
        compiler = queryset.query.get_compiler(queryset.db)
        self.sql, parameters = compiler.as_sql()
        self.fillers = [stand_ins.filler(each) for each in parameters]
        stand_ins.check()
        assert compiler.select is not None
        assert compiler.klass_info is not None
        self.convert = compiler.get_converters([column for column, _, _ in compiler.select])
        self.apply_converters = compiler.apply_converters
        self.maker = _InstanceFactory(compiler.klass_info, compiler.select)
        self.annotations = tuple((compiler.annotation_col_map or {}).items())

    def instances(self, values: Mapping[str, Any]) -> Iterator[Any]:
        with prepared(self.sql, [fill(values) for fill in self.fillers]) as cursor:
            found: Any = cursor.fetchall()
        if self.convert:
            found = self.apply_converters(found, self.convert)
        for row in found:
            instance = self.maker.make(row)
            for name, place in self.annotations:
                setattr(instance, name, row[place])
            yield instance


@dataclass(frozen=True, slots=True)
class _Related:
    maker: _InstanceFactory
    set_here: Callable[[Any, Any], None]
    set_there: Callable[[Any, Any], None]


class _InstanceFactory:
    """Makes instances of one model from its columns, as unpickling does: no signals, no defaults,
    absent fields deferred.
    """

    def __init__(self, info: dict[str, Any], select: Sequence[Any]) -> None:
        places = info["select_fields"]
        self.model: type[Model] = info["model"]
        self.start, self.end = places[0], places[-1] + 1
        self.names = [select[place][0].target.attname for place in range(self.start, self.end)]
        self.key = self.start + self.names.index(str(self.model._meta.pk.attname))
        self.related = [
            _Related(_InstanceFactory(each, select), each["local_setter"], each["remote_setter"])
            for each in info.get("related_klass_infos", ())
        ]

    def make(self, row: Sequence[Any]) -> Any:
        if row[self.key] is None:
            return None
        instance = self.model.__new__(self.model)
        instance.__dict__.update(zip(self.names, row[self.start : self.end], strict=True))
        instance._state = state = ModelState()
        state.adding, state.db = False, connection.alias
        for related in self.related:
            other = related.maker.make(row)
            related.set_here(instance, other)
            if other is not None:
                related.set_there(other, instance)
        return instance
