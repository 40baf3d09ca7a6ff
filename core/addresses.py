"""Addresses of records. Those of one kind differ in a number alone: where it stands is looked up once, where Django
would look at every showing."""

from functools import cache

from django.urls import reverse

_MARK = 987_654_321_987_654_321


def address(name: str, pk: int) -> str:
    """The same as ``reverse(name, args=[pk])``."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _mark, after = reverse(name, args=[_MARK]).partition(str(_MARK))
    return before, after
