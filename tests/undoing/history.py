"""One history: somebody does something, others go on, it is taken back, once more, and brought back again (LOG-2)."""

import io
import random
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.utils.html import escape

from core.models import Job
from core.models.house import see_mark
from records.models import Operation, Undo
from records.undoing import Why
from records.verifying import record_models
from tests.undoing.acts import ACTS, PEOPLE
from tests.undoing.snapshot import AWAY, DERIVED, Snapshot, differences, points_to, told
from tests.undoing.world import Nothing

AUTHORS = ("claire", "mia", "ada", "tom", "sup", "claire", "ada")
ANYBODY = ("claire", "mia", "ada", "tom", "sam", "sup")
DOORS = ("toast", "history", "journal")
TRIES = 40
PAGES = {"opportunity": "opportunities", "account": "accounts", "contact": "contacts"}


GIVES_AWAY = {
    "share_to_edit_or_withdraw", "give_to_somebody", "give_many", "share_many", "edit_it", "edit_in_place",
    "reassign_to_another_client",
}  # fmt: skip


class RolledBack(Exception):
    pass


@contextmanager
def rolled_back():
    try:
        with transaction.atomic():
            yield
            raise RolledBack
    except RolledBack:
        pass
    finally:
        see_mark("unknown")
        cache.clear()


class History:
    """``act`` names what is done; ``others`` is how many things others do before it is taken back."""

    def __init__(self, world, seed, act, others=0):
        self.world, self.act, self.others = world, act, others
        world.draw = self.draw = random.Random(f"{seed} {act} {others}")
        world.start = self.start
        self.lines, self.happened = {}, []

    def start(self):
        """From here on: what was done so far is no part of the act."""
        self.before, self.first = self.world.last(), Snapshot.take()

    def play(self):
        self.world.operations_before = self.world.last()
        self.done = self.do()
        self.author = self.world.name if self.done[-1].by_id == self.world.by.pk else "sup"
        after_it = Snapshot.take()
        self.happened = [self.something_else() for _other in range(self.others)]
        before_undo = Snapshot.take()
        self.taker = self.draw.choice((self.author, "ada", "sup"))
        undone = [self.take_back(operation) for operation in reversed(self.done)]
        taken_back = Snapshot.take()
        self.lines |= {(line.model_id, line.record_id, line.name): line for one in undone for line in one.lines.all()}
        if self.others:
            self.check_each(self.first, after_it, before_undo, taken_back)
        else:
            self.check_exactly(taken_back)
        self.twice(undone, taken_back)
        self.bring_back(undone, before_undo)
        self.claim(found_by_verify(), "found by verify")

    # What happens

    def do(self):
        """The act, by somebody who can."""
        for _try in range(TRIES):
            self.world.be(self.draw.choice(AUTHORS))
            self.start()
            try:
                with transaction.atomic():
                    self.answer = (ACTS | PEOPLE)[self.act](self.world)
            except Nothing:
                see_mark("unknown")
                continue
            done = list(Operation.objects.filter(pk__gt=self.before).order_by("pk"))
            if done:
                return done
        raise AssertionError(f"{self.act} did nothing in {TRIES} tries")

    def something_else(self):
        self.world.be(self.draw.choice(ANYBODY))
        name = self.draw.choice([*ACTS, *PEOPLE])
        last, self.world.start = self.world.last(), lambda: None
        try:
            with transaction.atomic():
                (ACTS | PEOPLE)[name](self.world)
        except (Nothing, ValidationError):
            see_mark("unknown")
        return f"{name} by {self.world.name}: {list(Operation.objects.filter(pk__gt=last).values_list('pk', 'what'))}"

    def take_back(self, operation):
        """By a door at random; what came of it."""
        world, url, back = self.world, f"/journal/{operation.pk}/undo/", {}
        world.be(self.taker)
        door = self.draw.choice(DOORS)
        if door == "journal":
            page = world.browser.get(f"/journal/{operation.pk}/")
            assert page.status_code in (200, 404)
            back = {"back": f"/journal/{operation.pk}/"} if page.status_code == 200 else {}
        elif door == "history" and (page := self.page_of(operation)):
            back = {"back": page}
        question = world.browser.get(url)
        assert question.status_code == 200, f"{self.taker} is not asked about {operation}"
        foreseen = {name: question.context[name] for name in ("returned", "trashed", "restored", "stay")}
        answer = world.send(url, back)
        assert answer.status_code == 302
        undone = Undo.objects.get(of=operation)
        if undone.is_running:
            Job.objects.get(pk=undone.job_id).run()
            undone.refresh_from_db()
        came = {"stay" if name == "kept" else name: n for name, n in undone.counts.items()}
        assert foreseen == came, self.say(f"{foreseen} was foreseen, {came} came of it")
        page = world.browser.get(answer["location"], follow=True).content.decode()
        if undone.operation_id is None:
            assert "Nothing could be taken back." in page, page
        elif undone.job_id is None:
            assert "Undone:" in page
            assert ("Kept:" in page) == undone.lines.exists()
        return undone

    def page_of(self, operation):
        """The history of one of its records, where it can be taken back from; blank where there is none."""
        for change in operation.changes.order_by("pk"):
            kind = ContentType.objects.get_for_id(change.model_id).model
            if kind in PAGES:
                url = f"/{PAGES[kind]}/{change.record_id}/history/"
                page = self.world.browser.get(url)
                if page.status_code == 200:
                    assert f"/journal/{operation.pk}/undo/" in page.content.decode()
                    return url
        return ""

    # What must hold

    def check_exactly(self, taken_back):
        """Nobody touched anything since: all is as it was, but for what the person may not do."""
        self.check_refusals()
        others = {why for line in self.lines.values() if (why := line.why) != Why.REFUSED}
        assert not others, self.say(
            [f"kept: {line.model} {line.record_id} {line.name} {line.why} {line.text}" for line in self.lines.values()]
        )
        if not self.lines:
            self.claim(differences(self.first, taken_back), "not taken back exactly")

    def check_refusals(self):
        """A super administrator is refused nothing, an administrator what others have deleted; who did it only what
        they or others have given away since."""
        refused = [line for line in self.lines.values() if line.why == Why.REFUSED]
        if self.taker == "ada" and self.author != "ada":
            refused = [line for line in refused if line.name]
        elif self.taker != "sup" and (self.others or self.act in GIVES_AWAY):
            refused = []
        self.claim([f"{line.model} {line.record_id} {line.name}" for line in refused], "refused")

    def check_each(self, first, done, before, after):
        """Each value is the one before the act where nobody has touched it since; else it is kept, and named."""
        self.check_refusals()
        wrong = []
        models = {model._meta.db_table: model for model in record_models()}
        for key in done.records.keys() | after.records.keys():
            wrong += self._row(models[key[0]], key, first, done, before, after)
        for hung in first.hanging | done.hanging | before.hanging | after.hanging:
            if hung[0] not in DERIVED:
                wrong += self._hanging(hung, first, done, before, after)
        self.claim(wrong, "after others went on")

    def _row(self, model, key, first, done, before, after):
        was, did, now, is_ = (one.records.get(key) for one in (first, done, before, after))
        if did is None:  # somebody else's
            return [] if is_ == now else [f"{told(key)} is not as others left it"]
        if was is None:
            touched = self._touched(key, done, before)
            if not after.is_away(key) and not touched and not self._named_any({key}):
                return [f"{told(key)} is there still, untouched and not named"]
            return []
        wrong = []
        for name in did:
            if name in model.derived_fields:
                continue
            old, wrote, found, stands = (_told(name, row[name]) for row in (was, did, now, is_))
            if old == wrote:
                follows = {"probability", "pipeline_id", "closing_rate", "amount", "amount_by_hand", "position"}
                good = stands == found or name in follows
                why = "was not the act's to change"
            elif found == wrote:
                good = stands == old or self._named(key, name)
                why = "did not return, and is not named"
            else:
                good = stands == found and (found == old or self._named(key, name))
                why = "of others is lost or not named"
            if not good:
                wrong.append(f"{told(key, name)} {why}: {old!r} {wrote!r} {found!r} {stands!r}")
        return wrong

    def _hanging(self, hung, first, done, before, after):
        was, did, now, is_ = (one.hanging[hung] for one in (first, done, before, after))
        if was == did:
            good = is_ == now
        elif did == now:
            good = is_ == was or self._named_any(points_to(hung))
        else:
            good = is_ == now
        away = any(key in after.records and after.is_away(key) for key in points_to(hung))
        return [] if good or away else [f"{hung[0]} {dict(hung[1])}: {was} {did} {now} {is_}"]

    def _touched(self, key, done, before):
        """Whether anybody has worked on the record, or hung anything on it, since."""
        now, then = before.records.get(key), done.records.get(key)
        if now != then:
            return True
        hung = (before.hanging - done.hanging) + (done.hanging - before.hanging)
        return any(key in points_to(one) for one in hung)

    def _named(self, key, name):
        """Whether the answer names the field, one that is bound to it, or the whole record."""
        model = next(model for model in record_models() if model._meta.db_table == key[0])
        pk = ContentType.objects.get_for_model(model).pk
        names = {name, ""}.union(*(unit for unit in model.bound_fields if name in unit))
        return any((pk, key[1], one) in self.lines for one in names) or (
            name == "custom" and any(line[:2] == (pk, key[1]) and line[2].startswith("custom:") for line in self.lines)
        )

    def _named_any(self, keys):
        wanted = {
            (ContentType.objects.get_for_model(model).pk, pk)
            for model in record_models()
            for table, pk in keys
            if model._meta.db_table == table
        }
        return any(line[:2] in wanted for line in self.lines)

    def twice(self, undone, taken_back):
        """Posted once more by who took it back, and by the author: nothing happens, and it is said."""
        for one in undone:
            if one.operation_id is None:
                continue
            for name in {self.taker, "sup"}:
                self.world.be(name)
                last = self.world.last()
                answer = self.world.send(f"/journal/{one.of_id}/undo/")
                assert self.world.last() == last
                page = self.world.browser.get(answer["location"], follow=True).content.decode()
                assert escape(f"by operation no. {one.operation_id}") in page, "it is not said that it was undone"
        assert Snapshot.take() == taken_back, self.say("undoing twice changed something")

    def bring_back(self, undone, before_undo):
        """Taking back the taking back restores what there was."""
        refused = False
        for one in reversed(undone):
            if one.operation_id is not None:
                again = self.take_back(Operation.objects.get(pk=one.operation_id))
                refused = refused or again.lines.exists()
                if self.taker == "sup":
                    self.claim(
                        [
                            f"{line.model} {line.record_id} {line.name} {line.why} {line.text}"
                            for line in again.lines.all()
                        ],
                        "not brought back",
                    )
        if not refused:
            self.claim(differences(before_undo, Snapshot.take()), "not brought back exactly")

    def claim(self, wrong, what):
        assert not wrong, self.say([what, *wrong])

    def say(self, what):
        lines = [what] if isinstance(what, str) else what
        did = [f"{one.pk} {one.what} by {self.author}" for one in self.done]
        kept = [
            f"kept: {line.model} {line.record_id} {line.name} {line.why} {line.text}" for line in self.lines.values()
        ]
        return "\n".join([f"{self.act}: {did}, undone by {self.taker}", *self.happened, *lines, *kept])


def _told(name, value):
    return value is None if name in AWAY else value


def found_by_verify():
    said = io.StringIO()
    try:
        call_command("verify", stdout=said)
    except SystemExit:
        return said.getvalue().splitlines()
    return []
