"""DATA-2: the values step says what can become of a text that stands for nothing here."""

import pytest

from tests.transfers.sheets import read


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def page(cast, as_, who, **cells):
    by = getattr(cast, who)
    made = read([["Name", *cells], ["Pumps", *cells.values()]], by)
    return as_(by).get(f"/imports/{made.pk}/values/").content.decode()


def test_data_2_what_no_import_creates_is_not_left_to_an_administrator(cast, as_):
    """Who is one reads “An administrator can” of nothing: it was said of pipelines, which need their stages."""
    said = page(cast, as_, "ada", Pipeline="Exports", Source="Fair of Nantes")
    assert "A pipeline needs its stages" in said and "Create “Fair of Nantes”" in said
    assert "An administrator can." not in said


def test_data_2_what_rights_keep_one_from_creating_an_administrator_can(cast, as_):
    said = page(cast, as_, "claire", Pipeline="Exports", Source="Fair of Nantes")
    assert "You cannot create here: source" in said and "An administrator can." in said
    assert "A pipeline needs its stages" in said
