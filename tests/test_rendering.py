"""A template asks the database nothing: the view hands it what it shows (STYLE, ARCHITECTURE 7)."""

import pytest
from django.db import connection
from django.forms.models import ModelChoiceIterator
from django.template.base import Template

from tests.everywhere import furnish, pages


class Asked(Exception):
    """A template asked the database."""


def refuse(execute, sql, params, many, context):
    raise Asked(sql[:300])


def reads_options(monkeypatch):
    """The options of a choice are Django's own to read when a form is drawn: one query for each field, however many."""
    for name, whole in (("__iter__", lambda options: iter(list(options))), ("__bool__", bool)):
        read = getattr(ModelChoiceIterator, name)

        def allowed(self, read=read, whole=whole):
            kept, connection.execute_wrappers[:] = list(connection.execute_wrappers), []
            try:
                return whole(read(self))
            finally:
                connection.execute_wrappers[:] = kept

        monkeypatch.setattr(ModelChoiceIterator, name, allowed)


@pytest.fixture
def no_sql_in_templates(monkeypatch):
    render = Template._render

    def watched(self, context):
        if refuse in connection.execute_wrappers:
            return render(self, context)
        with connection.execute_wrapper(refuse):
            return render(self, context)

    monkeypatch.setattr(Template, "_render", watched)
    reads_options(monkeypatch)


@pytest.mark.parametrize("person", ["ada", "claire", "eve"])
def test_no_page_asks_the_database_while_it_is_rendered(cast, as_, no_sql_in_templates, person):
    furnish(cast)
    browser, asking, seen = as_(getattr(cast, person)), {}, 0
    for route, url in pages().items():
        try:
            seen += browser.get(url).status_code == 200
        except Asked as asked:
            asking[route] = str(asked)
    assert not asking
    assert seen > 20
