"""Ids in URLs: at most eighteen digits, so that every database can look for them."""

from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    regex = "[0-9]{1,18}"
