"""The style guide shows every component."""

from pathlib import Path

import pytest


@pytest.mark.parametrize("who", ["claire", "eve", "ada"])
def test_anybody_signed_in_sees_every_component(cast, as_, who):
    response = as_(getattr(cast, who)).get("/styleguide/")
    page = response.content.decode()
    assert response.status_code == 200
    for name in (
        "btn seg tabs menu dialog badge tag chip mark gauge scope field error-summary callout toast empty panel".split()
    ):
        assert f'class="{name}' in page or f" {name}" in page, name
    for name in "minilist person deflist why way address steps tally progress skeleton task grip choose pick".split():
        assert f'class="{name}' in page or f" {name}" in page, name
    for name in "stagebar facts ops list".split():
        assert f'class="{name}' in page, name


def test_strangers_see_none_of_it(client, db):
    assert client.get("/styleguide/").status_code == 302


def test_templates_hold_no_inline_style_or_script():
    for path in Path("templates").rglob("*.html"):
        text = path.read_text()
        assert " style=" not in text and "|safe" not in text and "<script>" not in text, path
