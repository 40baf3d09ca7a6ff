"""ACT-5, ALL-4: each reminder is told once and mailed once, whoever works and whatever dies meanwhile."""

import sys
import time

import pytest

from tests.smtp import mail_server, text_of

pytestmark = pytest.mark.services
EITHER = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)
CLAIRE = "claire@demo.example"
SOON = 60


@pytest.fixture
def server(house):
    with mail_server() as server:
        house.environment |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port)}
        yield server


def plan(house, count, hours=0):
    done = house.start(sys.executable, "-m", "tests.services.remind", str(count), str(hours))
    assert done.wait(SOON) == 0
    house.running.remove(done)


def until(reached, seconds=SOON):
    started = time.monotonic()
    while not reached():
        assert time.monotonic() - started < seconds, "it did not come about"
        time.sleep(0.05)


def told(house):
    return [task for (task,) in house.ask("SELECT about_id FROM users_notice WHERE kind = 'reminder'")]


def each_once(house, count):
    """One notice of each task, and nothing left to be told or mailed."""
    until(lambda: len(told(house)) == count and not house.ask("SELECT id FROM users_notice WHERE try_at IS NOT NULL"))
    assert len(set(told(house))) == count
    assert house.ask("SELECT count(*) FROM tasks_reminder WHERE told_at IS NULL") == [(0,)]


@EITHER
def test_act_5_two_workers_and_two_beats_tell_each_reminder_once(house, server):
    plan(house, 30)
    for _ in range(2):
        house.worker()
        house.beat()
    each_once(house, 30)
    subjects = [message["Subject"] for message in server.to(CLAIRE)]
    assert len(subjects) == len(set(subjects)) == 30


@EITHER
def test_act_5_workers_killed_in_the_middle_tell_each_reminder_once(house, server):
    """A mail whose server had said yes when its worker was killed may come twice, under one Message-ID."""
    count = 60
    plan(house, count)
    house.beat()
    for part in (1, 2):
        worker = house.worker()
        until(lambda part=part: len(told(house)) + len(server.to(CLAIRE)) > part * count // 2)
        house.kill(worker)
    house.worker()
    each_once(house, count)
    numbers = {message["Message-ID"] for message in server.to(CLAIRE)}
    assert len(numbers) == count
    assert len(server.to(CLAIRE)) <= count + 2


@EITHER
def test_all_4_after_an_outage_of_a_day_one_mail_tells_of_all(house, server):
    plan(house, 20, hours=24)
    for _ in range(2):
        house.worker()
        house.beat()
    each_once(house, 20)
    messages = server.to(CLAIRE)
    assert len(messages) == 1
    assert all(f"Task {at}," in text_of(messages[0]) for at in range(20))
