"""LIST-4: the report that takes a name and shows that party's opportunities and totals."""

import re

from tests.make import make_account, make_contact, make_opportunity

URL = "/reports/opportunities/"


def test_list_4_the_name_of_an_account_shows_its_opportunities_and_totals(cast, as_):
    house, other = make_account("Hexabio Élan", by=cast.claire), make_account("Other", by=cast.claire)
    make_opportunity("first", by=cast.claire, account=house, amount=1000)
    make_opportunity("second", by=cast.claire, account=house, amount=500)
    make_opportunity("closed", by=cast.claire, account=house, amount=70, status="won")
    make_opportunity("foreign", by=cast.claire, account=other)
    text = as_(cast.claire).get(URL, {"q": "hexabio elan"}).content.decode()
    assert "first" in text and "second" in text and "closed" in text and "foreign" not in text
    assert "€1,500" in text and "won €70" in text


def test_list_4_the_name_of_a_contact_shows_theirs(cast, as_):
    who = make_contact("Odile Lecanu", by=cast.claire)
    make_opportunity("hers", by=cast.claire, contact=who)
    make_opportunity("not hers", by=cast.claire)
    text = as_(cast.claire).get(f"{URL}?q=lecanu").content.decode()
    assert ">hers<" in text and "not hers" not in text


def test_list_4_several_of_a_name_are_offered_the_exact_one_first(cast, as_):
    groupe, house = make_account("Groupe Hexabio", by=cast.claire), make_account("Hexabio", by=cast.claire)
    make_opportunity("deal", by=cast.claire, account=house)
    browser = as_(cast.claire)
    text = browser.get(f"{URL}?q=hexabio").content.decode()
    assert re.findall(r'href="\?(account=\d+)"', text) == [f"account={house.pk}", f"account={groupe.pk}"]
    assert "deal" in browser.get(f"{URL}?account={house.pk}").content.decode()


def test_list_4_f072_no_match_is_an_empty_page_with_a_way_out(cast, as_):
    answer = as_(cast.claire).get(f"{URL}?q=zzzz")
    text = answer.content.decode()
    assert answer.status_code == 200 and "is called “zzzz”" in text and f'href="{URL}">Clear the filter' in text


def test_list_4_only_what_one_may_see(cast, as_):
    hidden = make_account("Hexabio", by=cast.sam)
    make_opportunity("hidden", by=cast.sam, account=hidden)
    browser = as_(cast.claire)
    assert "is called “hexabio”" in browser.get(f"{URL}?q=hexabio").content.decode()
    assert "Hexabio" not in browser.get(f"{URL}?account={hidden.pk}").content.decode()
    shared = make_account("Shared", by=cast.claire)
    make_opportunity("mine", by=cast.claire, account=shared)
    make_opportunity("sam’s", by=cast.sam, account=shared)
    text = browser.get(f"{URL}?q=shared").content.decode()
    assert "mine" in text and "sam’s" not in text


def test_list_4_whatever_the_url_says_there_is_a_page(cast, as_):
    browser = as_(cast.claire)
    assert browser.get("/reports/").url == URL
    for query in ("account=x", "account=999999", "contact=" + "9" * 40, "q=%00", "q=" + "é" * 300, "q='\"<"):
        assert browser.get(f"{URL}?{query}").status_code == 200
