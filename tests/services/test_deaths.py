"""DATA-7, DATA-10, BULK-3: whole process trees are killed in the middle of imports and of taking them back; each row
comes out once, and what is taken back leaves no trace."""

import random

import pytest

from tests.services.installation import each_row_once, is_done, is_well, write_sheet

EITHER = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)
POOLS = pytest.mark.parametrize(
    ("house", "pool"), [("sqlite", "threads"), ("postgresql", "prefork")], indirect=["house"]
)
SOON = 60  # seconds in which something moves
HERE = 200  # opportunities that are there before the import, and are changed by it


@pytest.mark.services
@pytest.mark.parametrize(
    ("house", "pool"),
    [("sqlite", "threads"), ("postgresql", "prefork"), ("postgresql", "threads")],
    indirect=["house"],
)
def test_data_10_a_worker_killed_again_and_again_leaves_each_row_once(house, pool, tmp_path):
    house.beat()
    die_and_go_on(house, house.worker(pool), pool, write_sheet(tmp_path / "sheet.csv", 12_000), rows=12_000, deaths=4)
    each_row_once(house, 12_000)


@pytest.mark.services
@POOLS
def test_data_10_three_deaths_and_one_in_the_undo_leave_it_as_if_never_imported(house, pool, tmp_path):
    die_undo_and_import_again(house, pool, tmp_path, rows=4_000, deaths=3)


@pytest.mark.soak
@POOLS
def test_data_10_twenty_deaths_in_fifty_thousand_rows_and_one_in_the_undo(house, pool, tmp_path):
    die_undo_and_import_again(house, pool, tmp_path, rows=50_000, deaths=20)


def die_undo_and_import_again(house, pool, tmp_path, *, rows, deaths):
    """Killed again and again, each row is there once; undone, killed once more, all is as it was; and it works again.

    Some of the rows are there before, open: the import changes them and closes a third.
    """
    house.import_file(write_sheet(tmp_path / "here.csv", HERE, stages=("Qualified", "Proposal"), times=7)).wait(SOON)
    each_row_once(house, HERE, accounts=HERE)
    before, untouched = house.live(), HERE - HERE // 3
    sheet = write_sheet(tmp_path / "sheet.csv", rows)
    house.beat()
    worker = die_and_go_on(house, house.worker(pool), pool, sheet, rows=rows, deaths=deaths)
    each_row_once(house, rows, untouched=untouched)
    assert house.live() != before
    house.undo()
    at = random.randrange(rows // 2)
    house.wait_for(lambda state, cursor: state == "running" and cursor > at, SOON, house.undoing)
    house.kill(worker)
    assert house.undoing()[0] == "running", "it was done before it could die"
    house.worker(pool)
    house.wait_for(lambda state, _cursor: state == "done", SOON, house.undoing)
    assert house.live() == before
    is_well(house)
    house.begin(sheet)
    house.wait_for(is_done, SOON)
    each_row_once(house, rows, untouched=untouched)


def die_and_go_on(house, worker, pool, sheet, *, rows, deaths):
    """The worker's whole tree is killed at a random place of each part of the import, and another is started."""
    house.begin(sheet)
    part = rows // (deaths + 3)
    for death in range(deaths):
        at = random.randrange(death * part, (death + 1) * part)
        house.wait_for(lambda phase, cursor, at=at: phase == "running" and cursor > at, SOON)
        house.kill(worker)
        assert house.job()[0] == "running", "it was done before it could die"
        worker = house.worker(pool)
    house.wait_for(is_done, SOON)
    return worker


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
