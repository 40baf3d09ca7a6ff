import pytest
from django.db import connection
from django.template.backends.django import Template


@pytest.fixture
def no_sql_in_templates(monkeypatch):
    """A template asks the database nothing (STYLE, *Templates*)."""
    render = Template.render

    def refuse(execute, sql, params, many, context):
        raise AssertionError(f"asked while rendering: {sql}")

    def guarded(self, *args, **kwargs):
        with connection.execute_wrapper(refuse):
            return render(self, *args, **kwargs)

    monkeypatch.setattr(Template, "render", guarded)
