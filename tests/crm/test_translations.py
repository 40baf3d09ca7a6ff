"""ALL-1: the screen speaks French whole, and each value that a sentence holds is said in French too."""

import polib

from tests.translations import PO, faults, hidden, wanted


def test_all_1_every_text_of_the_screen_is_said_in_french():
    assert faults(polib.pofile(str(PO), wrapwidth=0), wanted()) == []


def test_all_1_no_text_hides_from_the_search_inside_another():
    assert hidden() == []


def test_all_1_what_is_blank_doubtful_left_over_or_loses_a_value_is_named():
    po = polib.POFile()
    po.append(polib.POEntry(msgid="Saved.", msgstr=""))
    po.append(polib.POEntry(msgid="Open", msgstr="Ouverte", flags=["fuzzy"]))
    po.append(polib.POEntry(msgid="By %(who)s.", msgstr="Par lui."))
    po.append(polib.POEntry(msgid="Gone", msgstr="Parti"))
    found = {(None, "Saved."): None, (None, "Open"): None, (None, "By %(who)s."): None, (None, "New"): None}
    assert faults(po, found) == [
        "left over: 'Gone'",
        "missing: 'New'",
        "not translated: 'Open'",
        "not translated: 'Saved.'",
        "other places for values: 'By %(who)s.'",
    ]


def test_all_1_french_is_set_as_french_is():
    """Narrow signs keep to their word, quotes are French ones, nobody is begged and nothing is shouted."""
    po = polib.pofile(str(PO), wrapwidth=0)
    said = [text for entry in po for text in (entry.msgstr, *entry.msgstr_plural.values())]
    for sign in (" :", " ;", " ?", " !", "« ", " »", "'", "“", "”", "!", "Veuillez", "Oups"):
        assert [text for text in said if sign in text] == [], sign
