"""REC-2, REC-3: every tab of the record stands in the same page, with the same tabs and the same panels."""

import pytest

from attributes.models import CustomField
from tests.make import make_opportunity


@pytest.mark.parametrize("tab", ["", "lines/", "history/", "activity/", "custom/"])
def test_rec_2_every_tab_has_all_tabs_and_panels_beside_it(cast, as_, tab):
    CustomField(name="Standard", kind="text", of="opportunity").add(by=cast.ada)
    opportunity = make_opportunity(by=cast.claire)
    page = as_(cast.claire).get(f"/opportunities/{opportunity.pk}/{tab}").content.decode()
    assert f"/opportunities/{opportunity.pk}/activity/" in page and 'id="tasks-panel"' in page and "Time spent" in page
