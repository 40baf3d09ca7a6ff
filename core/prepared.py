"""Queries that every page asks, compiled once: Django composes the SQL of a query anew at every call, and that takes
longer than the database needs for the answer (*measured*: 2 ms for who reads the page, of 12 for the whole of it)."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

from core import sql

M = TypeVar("M", bound=models.Model)

_populators: Any = get_related_populators
_MARK = 8_111_222_333_444_555_000  # stands for the first number given, the next for the second


class Statement:
    """SQL, and what it takes, with numbers still to be given: ``MARK`` and those after it stand for them."""

    MARK = _MARK

    def __init__(self, text: str, parameters: Sequence[Any], count: int) -> None:
        self.text, self.parameters = text, list(parameters)
        self.slots = [
            (at, value - _MARK)
            for at, value in enumerate(parameters)
            if isinstance(value, int) and 0 <= value - _MARK < count
        ]
        if {number for _, number in self.slots} != set(range(count)):
            raise ValueError("A number of the prepared query does not stand in its SQL.")

    def __call__(self, *numbers: int) -> list[tuple[Any, ...]]:
        parameters = list(self.parameters)
        for at, number in self.slots:
            parameters[at] = int(numbers[number])
        return sql.fetch(self.text, parameters)


class Prepared(Generic[M]):
    """A query that differs from call to call in whole numbers alone, such as ids.

    ``build`` makes it of these numbers; it is called once with others in their place, and must not look at them.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[M, Any]"]) -> None:
        self.build = build
        self.made: dict[str, _Made] = {}

    def __call__(self, *numbers: int) -> list[M]:
        made = self.made.get(connection.vendor)
        if made is None:
            made = self.made[connection.vendor] = _Made(self.build, len(numbers))
        return made.fetch(numbers)


class _Made:
    """The SQL, where the numbers go, and what makes instances of the rows: as in Django's own ``ModelIterable``."""

    def __init__(self, build: Callable[..., Any], count: int) -> None:
        query = build(*range(_MARK, _MARK + count)).query
        self.compiler: Any = query.get_compiler(connection=connection)
        text, parameters = self.compiler.as_sql()
        self.statement = Statement(text, parameters, count)
        select, info = self.compiler.select, self.compiler.klass_info
        self.model, fields = info["model"], info["select_fields"]
        self.first, self.last = fields[0], fields[-1] + 1
        self.names = [column.target.attname for column, _, _ in select[self.first : self.last]]
        self.converters = self.compiler.get_converters([column for column, _, _ in select])
        self.related = _populators(info, select, connection.alias)
        self.annotations = list(self.compiler.annotation_col_map.items())

    def fetch(self, numbers: tuple[int, ...]) -> list[Any]:
        rows: Any = self.statement(*numbers)
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [self._instance(row) for row in rows]

    def _instance(self, row: Any) -> Any:
        made = self.model.from_db(connection.alias, self.names, row[self.first : self.last])
        for populator in self.related:
            populator.populate(row, made)
        for name, at in self.annotations:
            setattr(made, name, row[at])
        return made
