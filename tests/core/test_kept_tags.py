"""Tags that write down what they say: the same as Django's, in each language."""

import pytest
from django.template import engines
from django.urls import reverse
from django.utils import translation

from core.addresses import address


def shown(text, **context):
    return engines["django"].from_string(text).render(context)


def test_a_text_is_said_in_the_language_of_each_reader():
    template = engines["django"].from_string('{% translate "Save" %} {% translate "Save" as said %}{{ said }}')
    for language, text in (("en", "Save Save"), ("fr", "Enregistrer Enregistrer"), ("en", "Save Save")):
        with translation.override(language):
            assert template.render({}) == text


def test_a_text_with_a_filter_a_context_or_a_variable_is_said_as_ever():
    with translation.override("fr"):
        assert shown('{% translate "Save"|upper %}') == "ENREGISTRER"
        assert shown("{% translate word %}", word="Save") == "Enregistrer"
        assert shown('{% translate "changed" context "history" %}') == translation.pgettext("history", "changed")


@pytest.mark.parametrize("number", [1, 8127, "8127"])
def test_the_address_of_a_record_is_that_of_its_route(number):
    route = reverse("opportunities:opportunity", args=[number])
    assert shown("{% url 'opportunities:opportunity' pk %}", pk=number) == route
    assert shown("{% url 'opportunities:opportunity' pk as there %}{{ there }}", pk=number) == route
    assert address("opportunities:opportunity", int(number)) == route


def test_the_address_of_a_page_is_kept_and_an_unknown_one_is_an_error():
    template = engines["django"].from_string("{% url 'tasks:new' %}?{% url 'tasks:new' as there %}{{ there }}")
    assert [template.render({}) for _ in range(2)] == [f"{reverse('tasks:new')}?{reverse('tasks:new')}"] * 2
    assert shown("{% url 'nowhere' as there %}{{ there }}") == ""
