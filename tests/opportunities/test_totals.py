"""LIST-5: the totals of the filtered list, which follow the rows where there are many."""

from tests.make import make_opportunity


def test_list_5_totals_that_come_later_fill_in_only_the_halves_that_are_shown(cast, as_):
    make_opportunity("Open", by=cast.claire, amount="100")
    make_opportunity("Won", by=cast.claire, amount="200", status="won")
    late = as_(cast.claire).get("/opportunities/summary/?shown=1&half=closed").content.decode()
    assert 'id="closed-sum" hx-swap-oob' in late and 'id="open-sum"' not in late
    assert 'id="list-total"' in late and 'id="list-shown" hx-swap-oob' in late


def test_list_5_the_page_asks_for_the_halves_that_it_shows(cast, as_, monkeypatch):
    monkeypatch.setattr("opportunities.views.listing.in_passing", lambda *asked: None)
    make_opportunity("Won", by=cast.claire, amount="200", status="won")
    page = as_(cast.claire).get("/opportunities/").content.decode()
    assert "&amp;half=closed" in page and "&amp;half=open" not in page


def test_list_5_totals_that_come_later_go_where_they_belong_and_not_into_the_dialog(cast, as_, monkeypatch):
    monkeypatch.setattr("opportunities.views.listing.in_passing", lambda *asked: None)
    make_opportunity("Won", by=cast.claire, amount="200", status="won")
    page = as_(cast.claire).get("/opportunities/").content.decode()
    assert 'id="list-total" hx-get=' in page and 'hx-trigger="load" hx-target="this"' in page
