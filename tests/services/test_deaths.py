"""DATA-10, BULK-3: whole process trees are killed in the middle of imports, and each row comes out once."""

import random

import pytest

from tests.services.installation import each_row_once, is_done, write_sheet

EITHER = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)
SOON = 60


@pytest.mark.services
@pytest.mark.parametrize(
    ("house", "pool"),
    [("sqlite", "threads"), ("postgresql", "prefork"), ("postgresql", "threads")],
    indirect=["house"],
)
def test_data_10_a_worker_killed_again_and_again_leaves_each_row_once(house, pool, tmp_path):
    die_and_go_on(house, pool, write_sheet(tmp_path / "sheet.csv", 12_000), rows=12_000, deaths=4)


@pytest.mark.soak
@pytest.mark.parametrize(("house", "pool"), [("sqlite", "threads"), ("postgresql", "prefork")], indirect=["house"])
def test_data_10_twenty_deaths_in_fifty_thousand_rows_leave_each_row_once(house, pool, tmp_path):
    die_and_go_on(house, pool, write_sheet(tmp_path / "sheet.csv", 50_000), rows=50_000, deaths=20)


def die_and_go_on(house, pool, sheet, *, rows, deaths):
    """The worker's whole tree is killed at a random place of each part of the import, and another is started."""
    house.beat()
    worker = house.worker(pool)
    house.begin(sheet)
    part = rows // (deaths + 2)
    for death in range(deaths):
        at = random.randrange(death * part, (death + 1) * part)
        house.wait_for(lambda phase, cursor, at=at: phase == "running" and cursor > at, SOON)
        house.kill(worker)
        worker = house.worker(pool)
    house.wait_for(is_done, 3 * SOON)
    each_row_once(house, rows)


@pytest.mark.services
@EITHER
def test_data_10_any_worker_goes_on_with_the_import_of_a_killed_command(house, tmp_path):
    rows = 8_000
    command = house.import_file(write_sheet(tmp_path / "sheet.csv", rows))
    house.wait_for(lambda phase, cursor: phase == "running" and cursor > 1_500, SOON)
    house.kill(command)
    house.beat()
    house.worker()
    house.wait_for(is_done, SOON)
    each_row_once(house, rows)


@pytest.mark.services
@EITHER
def test_data_10_a_command_killed_while_it_reads_is_gone_on_with_too(house, tmp_path):
    rows = 8_000
    command = house.import_file(write_sheet(tmp_path / "sheet.csv", rows))
    house.wait_for(lambda phase, cursor: phase == "reading", SOON)
    house.kill(command)
    assert house.job()[0] == "reading"
    house.beat()
    house.worker()
    house.wait_for(is_done, SOON)
    each_row_once(house, rows)


@pytest.mark.services
@EITHER
def test_data_10_two_beats_and_two_workers_do_no_harm(house, tmp_path):
    rows = 6_000
    for _ in range(2):
        house.beat()
        house.worker()
    house.begin(write_sheet(tmp_path / "sheet.csv", rows))
    house.wait_for(is_done, SOON)
    each_row_once(house, rows)
