"""LIST-5: closed opportunities have their own list, out of the open pipeline, with totals."""

import datetime as dt

import pytest

from opportunities import in_passing
from tests.make import make_opportunity
from tests.opportunities.test_orders import names


@pytest.fixture(autouse=True)
def in_time(monkeypatch):
    monkeypatch.setattr("opportunities.in_passing.LONG_SECONDS", 60)
    in_passing._large.clear()


def test_list_5_closed_ones_newest_first_with_their_total(cast, as_):
    make_opportunity("open", by=cast.claire)
    make_opportunity("won long ago", by=cast.claire, status="won", closed_on=dt.date(2026, 2, 1), amount=300)
    make_opportunity("lost lately", by=cast.claire, status="lost", closed_on=dt.date(2026, 6, 1), amount=40)
    browser = as_(cast.claire)
    answer = browser.get("/opportunities/closed/")
    assert answer.status_code == 302
    page = browser.get(answer.url)
    text = page.content.decode().replace("&amp;", "&")
    assert names(page) == ["lost lately", "won long ago"]
    assert "Total of the filter, 2 opportunities" in text and "€340" in text
    assert f'href="{answer.url.removeprefix("/opportunities/")}" aria-current="page">Closed<' in text
