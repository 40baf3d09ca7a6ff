"""SET-1: pipelines and their stages, set up in place."""

import threading

import pytest

from core.models import House
from core.models.house import per_set_up, see_mark
from pipelines.models import Pipeline, Stage, open_stages
from records.models import Operation
from tests.make import make_opportunity, stage
from tests.pages import fields, send


def url(pipeline=None):
    return f"/settings/pipelines/{(pipeline or Pipeline.objects.first()).pk}/"


def names():
    return [one.name for one in Stage.objects.active().filter(pipeline=Pipeline.objects.first())]


def last_operation():
    return Operation.objects.order_by("pk").last()


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 200), ("sup", 200), ("bo", 200), ("claire", 403), ("mia", 403), ("eve", 403)]
)
def test_set_1_pipelines_are_set_up_by_those_with_the_right(cast, as_, who, status):
    browser = as_(getattr(cast, who))
    assert browser.get(url()).status_code == status
    assert browser.get("/settings/pipelines/new/").status_code == status
    assert browser.get("/settings/pipelines/archived/").status_code == status
    assert browser.get("/settings/pipelines/").status_code == (302 if status == 200 else 403)
    assert browser.post(url(), fields(as_(cast.ada).get(url()))).status_code == (302 if status == 200 else 403)


def test_give_3_a_refusal_names_the_right_and_whom_to_ask(cast, as_):
    page = as_(cast.claire).get(url()).content.decode()
    assert "Set up pipelines, sources and lists" in page
    assert "Ask Ada Kermarec, Sup Duval." in page


def test_set_1_a_stage_is_renamed_in_one_operation_of_the_journal(cast, as_):
    first = stage("To qualify")
    response = send(as_(cast.ada), url(), **{f"{first.pk}-name": "New"})
    assert response.status_code == 302
    assert names() == ["New", "Qualified", "Demonstration", "Proposal", "Negotiation"]
    operation = last_operation()
    assert (operation.by, operation.door, operation.what) == (cast.ada, "set_up", "stage.set_up")
    change = operation.changes.get()
    assert change.fields == {"name": ["To qualify", "New"]} and change.version == 2


def test_set_1_nothing_changed_writes_nothing(cast, as_):
    before = Operation.objects.count()
    assert send(as_(cast.ada), url()).status_code == 302
    assert Operation.objects.count() == before


def test_set_1_the_order_of_the_fields_is_the_order_of_the_stages(cast, as_):
    rows = fields(as_(cast.ada).get(url()))["row"]
    send(as_(cast.ada), url(), row=[rows[2], rows[0], rows[1], *rows[3:]])
    assert names() == ["Demonstration", "To qualify", "Qualified", "Proposal", "Negotiation"]


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ("up", ["Qualified", "To qualify", "Demonstration", "Proposal", "Negotiation"]),
        ("down", ["To qualify", "Demonstration", "Qualified", "Proposal", "Negotiation"]),
    ],
)
def test_set_1_the_row_menu_moves_up_and_down_without_script(cast, as_, button, order):
    send(as_(cast.ada), url(), **{button: str(stage("Qualified").pk)})
    assert names() == order


def test_set_1_a_stage_is_added_at_its_place(cast, as_):
    browser = as_(cast.ada)
    page = browser.post(url(), {**fields(browser.get(url())), "add": "1"})
    assert page.status_code == 200 and fields(page)["row"][-1] == "new1"
    data = fields(page) | {"new1-name": "Verbal agreement", "new1-probability": "90 %"}
    data["row"].insert(0, data["row"].pop())
    assert browser.post(url(), data).status_code == 302
    assert names()[0] == "Verbal agreement"
    assert stage("Verbal agreement").probability == 90 and stage("Verbal agreement").asleep_after == 30


def test_set_1_a_new_row_left_blank_is_not_added(cast, as_):
    browser = as_(cast.ada)
    page = browser.post(url(), {**fields(browser.get(url())), "add": "1"})
    assert browser.post(url(), fields(page)).status_code == 302
    assert len(names()) == 5


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Name the stage."),
        ("name", "qualified", "The list has another one of this name."),
        ("name", "WON", "This pipeline calls a way of closing so."),
        ("probability", "", "Enter a probability between 1 and 99 %."),
        ("probability", "0", "An open stage is between 1 and 99 %."),
        ("probability", "100", "An open stage is between 1 and 99 %."),
        ("probability", "half", "Enter a whole number."),
        ("asleep_after", "0", "greater than or equal to 1"),
        ("asleep_after", "", "Enter a number of days."),
    ],
)
def test_all_6_bad_input_stays_beside_its_reason(cast, as_, field, typed, said):
    first, last = stage("To qualify"), stage("Negotiation")
    name = f"{first.pk}-{field}"
    response = send(as_(cast.ada), url(), **{name: typed, f"{last.pk}-name": "Last talks"})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page and f'href="#id_{name}"' in page
    assert fields(response)[name] == [typed] and fields(response)[f"{last.pk}-name"] == ["Last talks"]
    assert names() == ["To qualify", "Qualified", "Demonstration", "Proposal", "Negotiation"]


def test_set_1_a_stage_is_archived_and_its_opportunities_keep_it(cast, as_):
    kept = make_opportunity(by=cast.claire, stage=stage("Qualified"))
    browser = as_(cast.ada)
    assert send(browser, url(), archive=str(stage("Qualified").pk)).status_code == 302
    assert names() == ["To qualify", "Demonstration", "Proposal", "Negotiation"]
    kept.refresh_from_db()
    assert kept.stage.name == "Qualified" and kept.is_open
    assert "Qualified" not in [one.name for one in open_stages(kept.pipeline_id)]
    offered = as_(cast.claire).get("/opportunities/new/").content.decode()
    assert "Demonstration</option>" in offered and "Qualified</option>" not in offered


def test_set_1_an_archived_stage_comes_back_where_it_was(cast, as_):
    browser, qualified = as_(cast.ada), str(stage("Qualified").pk)
    send(browser, url(), archive=qualified)
    send(browser, url())
    assert stage("Demonstration").position == 3
    send(browser, url(), unarchive=qualified)
    assert names() == ["To qualify", "Qualified", "Demonstration", "Proposal", "Negotiation"]


def test_set_1_an_archived_stage_whose_name_is_taken_is_refused_with_the_reason(cast, as_):
    browser, qualified = as_(cast.ada), str(stage("Qualified").pk)
    send(browser, url(), archive=qualified)
    send(browser, url(), **{f"{stage('Proposal').pk}-name": "Qualified"})
    response = send(browser, url(), unarchive=qualified)
    assert response.status_code == 422 and "Rename that one first." in response.content.decode()


def test_set_1_the_last_stage_and_the_last_pipeline_stay(cast, as_):
    browser = as_(cast.ada)
    for name in names()[:-1]:
        send(browser, url(), archive=str(stage(name).pk))
    page = browser.get(url()).content.decode()
    assert "It is the last stage of its pipeline. Add another one first." in page
    assert "It is the last pipeline. Add another one first." in page
    response = send(browser, url(), archive=str(stage("Negotiation").pk))
    assert response.status_code == 422 and names() == ["Negotiation"]
    assert send(browser, url(), pipeline="archive").status_code == 422
    assert Pipeline.objects.active().count() == 1


def test_set_1_a_new_probability_reaches_the_open_opportunities_not_set_by_hand(cast, as_):
    proposal = stage("Proposal")
    follows = make_opportunity("follows", by=cast.claire, stage=proposal)
    by_hand = make_opportunity("by hand", by=cast.claire, stage=proposal, probability=33, probability_by_hand=True)
    won = make_opportunity("won", by=cast.claire, stage=proposal, status="won")
    other = make_opportunity("other", by=cast.claire, stage=stage("Qualified"))
    send(as_(cast.ada), url(), **{f"{proposal.pk}-probability": "55"})
    for opportunity in (follows, by_hand, won, other):
        opportunity.refresh_from_db()
    assert [one.probability for one in (follows, by_hand, won, other)] == [55, 33, 100, 25]
    assert follows.periods.last().probability == 55
    operation = last_operation()
    assert {change.record_id for change in operation.changes.all()} == {proposal.pk, follows.pk}
    assert operation.changes.get(record_id=follows.pk, model__model="opportunity").fields == {"probability": [60, 55]}


def test_set_1_the_effect_of_a_probability_is_told_before_saving(cast, as_):
    proposal = stage("Proposal")
    make_opportunity(by=cast.claire, stage=proposal, amount=1000)
    make_opportunity(by=cast.eve, stage=proposal, amount=500)
    address = f"/opportunities/stage-effect/{proposal.pipeline_id}/?{proposal.pk}-probability=50"
    told = as_(cast.ada).get(address).content.decode()
    assert "Proposal 60 → 50%: 2 opportunities follow, weighted €900 → €750" in told
    assert "before: 60%" in told
    told = as_(cast.claire).get(address).content.decode()
    assert "1 opportunity follows, weighted €600 → €500" in told


def test_give_4_the_counts_of_stages_hold_only_what_one_sees(cast, as_):
    make_opportunity(by=cast.claire)
    make_opportunity(by=cast.eve)
    first = stage("To qualify").pk
    counted = f"/opportunities/uses/stage/?row={first}"
    assert f'stage={first}">2</a>' in as_(cast.ada).get(counted).content.decode()
    assert f'stage={first}">1</a>' in as_(cast.claire).get(counted).content.decode()
    assert as_(cast.ada).get("/opportunities/uses/nothing/?row=1").status_code == 404
    assert as_(cast.ada).get("/opportunities/uses/stage/?row=x").status_code == 200


def test_rec_5_two_people_renaming_one_stage_see_both_names(cast, as_):
    first = stage("To qualify")
    mine = fields(as_(cast.ada).get(url()))
    send(as_(cast.bo), url(), **{f"{first.pk}-name": "Lead"})
    response = as_(cast.ada).post(url(), mine | {f"{first.pk}-name": ["Suspect"]})
    assert response.status_code == 409
    assert "Bo Costa has saved “Lead” here meanwhile." in response.content.decode()
    assert fields(response)[f"{first.pk}-name"] == ["Suspect"]
    assert as_(cast.ada).post(url(), fields(response)).status_code == 302
    assert names()[0] == "Suspect"


def test_rec_5_what_another_one_added_and_renamed_meanwhile_stays(cast, as_):
    proposal = stage("Proposal")
    mine = fields(as_(cast.ada).get(url()))
    other = as_(cast.bo)
    page = other.post(url(), {**fields(other.get(url())), "add": "1"})
    other.post(url(), fields(page) | {"new1-name": "Late", "new1-probability": "95", f"{proposal.pk}-name": ["Offer"]})
    as_(cast.ada).post(url(), mine | {f"{proposal.pk}-probability": ["65"]})
    assert names() == ["To qualify", "Qualified", "Demonstration", "Offer", "Negotiation", "Late"]
    assert stage("Offer").probability == 65


def test_set_1_labels_of_the_ways_of_closing_are_set_up_with_the_pipeline(cast, as_):
    browser = as_(cast.ada)
    changes = {"pipeline-name": "Projects", "pipeline-won_label": "Signed"}
    assert send(browser, url(), **changes).status_code == 302
    pipeline = Pipeline.objects.first()
    assert (str(pipeline), pipeline.won_label) == ("Projects", "Signed")
    response = send(browser, url(), **{"pipeline-lost_label": "signed"})
    assert response.status_code == 422
    assert "Won, lost and cancelled need three different names." in response.content.decode()


def test_set_1_a_pipeline_begins_with_the_stages_of_another_one(cast, as_):
    browser = as_(cast.ada)
    response = browser.post("/settings/pipelines/new/", {"name": ""})
    assert response.status_code == 422 and "Name the pipeline." in response.content.decode()
    first = Pipeline.objects.first()
    given = {"name": "Renewals", "won_label": "Won", "lost_label": "Lost", "cancelled_label": "Dropped"}
    response = browser.post("/settings/pipelines/new/", given | {"like": first.pk})
    renewals = Pipeline.objects.get(name="Renewals")
    assert response.url == url(renewals)
    assert [(one.name, one.probability) for one in renewals.stages.all()] == [
        (one.name, one.probability) for one in first.stages.all()
    ]
    assert last_operation().what == "pipeline.add" and last_operation().changes.count() == 6
    assert browser.post("/settings/pipelines/new/", given | {"like": first.pk}).status_code == 422
    send(browser, url(renewals), pipeline="earlier")
    assert [one.name for one in Pipeline.objects.active()] == ["Renewals", "Direct sales"]
    assert send(browser, url(renewals), pipeline="archive").status_code == 302
    assert "Renewals" in browser.get("/settings/pipelines/archived/").content.decode()
    assert browser.post(f"{url(renewals)}unarchive/").status_code == 302
    assert Pipeline.objects.active().count() == 2


def test_set_1_rows_of_other_lists_are_passed_over(cast, as_):
    browser = as_(cast.ada)
    browser.post(
        "/settings/pipelines/new/",
        {"name": "B", "won_label": "W", "lost_label": "L", "cancelled_label": "C", "like": Pipeline.objects.first().pk},
    )
    foreign = Pipeline.objects.get(name="B").stages.first()
    data = fields(browser.get(url())) | {f"{foreign.pk}-name": "Stolen", f"{foreign.pk}-probability": "5"}
    data["row"] = [*data["row"], str(foreign.pk), "new1; drop", "99999999999999999999", ""]
    assert browser.post(url(), data).status_code == 302
    foreign.refresh_from_db()
    assert foreign.name == "To qualify"
    assert browser.get("/settings/pipelines/999999/").status_code == 404


def test_set_1_another_process_sees_a_renamed_stage(cast, as_):
    """Each process keeps the set-up until the mark, which it reads with the user of each request, has changed."""

    @per_set_up
    def kept():
        return object()

    def ask(marks, found):
        for mark in marks:
            see_mark(mark)
            found.append(kept())

    before = House.objects.get().mark
    send(as_(cast.ada), url(), **{f"{stage('Proposal').pk}-name": "Offer"})
    after = House.objects.get().mark
    found = []
    other = threading.Thread(target=ask, args=([before, before, after], found))
    other.start()
    other.join()
    assert found[0] is found[1] and found[1] is not found[2]
    assert "Offer" in as_(cast.claire).get("/opportunities/new/").content.decode()
