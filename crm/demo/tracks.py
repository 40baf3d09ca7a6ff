"""Two tracks, and some opportunities of the cast on which they are under way."""

import datetime as dt
import random

from core.dates import today
from opportunities.models import Opportunity
from records.journal import operation
from records.models import Door
from tasks.models import Step, Task, TaskCategory, Track
from tasks.models.applying import apply
from users.models import User

AHEAD = 45  # days to the expected close of an opportunity that has the first track
TRACKS = {
    "en": (
        ("Multi-site offer", (
            ("Visit the pilot site", "calendar", 25, "working", "end"),
            ("Identify the decision makers", "task", 20, "working", "end"),
            ("Write the visit report", "mail", 3, "working", "previous"),
            ("Validate the layout", "task", 10, "working", "end"),
            ("Hand over the firm offer", "mail", 5, "working", "end"),
            ("Ask for the decision", "phone", 2, "working", "previous"),
        )),
        ("Installation", (
            ("Kick-off meeting", "calendar", 5, "working", "start"),
            ("Order the equipment", "task", 1, "working", "previous"),
            ("Plan the delivery with the site", "phone", 10, "working", "previous"),
            ("Hand over to after-sales", "task", 30, "day", "start"),
        )),
    ),
    "fr": (
        ("Offre multisite", (
            ("Visite du site pilote", "calendar", 25, "working", "end"),
            ("Identifier les décideurs", "task", 20, "working", "end"),
            ("Rédiger le compte rendu de visite", "mail", 3, "working", "previous"),
            ("Valider le plan d’implantation", "task", 10, "working", "end"),
            ("Remettre l’offre ferme", "mail", 5, "working", "end"),
            ("Demander la décision", "phone", 2, "working", "previous"),
        )),
        ("Installation", (
            ("Réunion de lancement", "calendar", 5, "working", "start"),
            ("Commander le matériel", "task", 1, "working", "previous"),
            ("Planifier la livraison avec le site", "phone", 10, "working", "previous"),
            ("Passer la main au service après-vente", "task", 30, "day", "start"),
        )),
    ),
}  # fmt: skip


def make(people: dict[str, User], language: str) -> None:
    """Once: the tracks, and for each of the cast some opportunities whose first tasks are done."""
    if Track.objects.exists():
        return
    kinds = {kind.icon: kind for kind in TaskCategory.objects.active().order_by("-position")}
    with operation(by=None, door=Door.SET_UP, what="demo.tracks"):
        for name, steps in TRACKS[language]:
            track = Track(name=name).add(by=None)
            for title, icon, days, unit, anchor in steps:
                step = Step(track=track, name=title, days=days, unit=unit, anchor=anchor, category=kinds.get(icon))
                step.add(by=None)
    draw, now = random.Random(12), today()
    offer, installation = Track.objects.order_by("position")[:2]
    with operation(by=None, door=Door.IMPORT, what="demo.tracks"):
        for person in people.values():
            mine = Opportunity.objects.live().open().filter(owner=person).order_by("list_key", "pk")
            soon = mine.filter(due_on__gt=now, due_on__lte=now + dt.timedelta(days=AHEAD))
            rows = list(soon.values("id", "owner_id", "due_on")[:4])
            if rows:
                apply(offer, rows, by=None)
                apply(installation, rows[:1], by=None, start=now)
        begun = Task.objects.open().exclude(applied=None).filter(due_on__lt=now).order_by("pk")
        for pk in list(begun.values_list("pk", flat=True)):
            task = Task.objects.select_related("assignee").get(pk=pk)  # one may have moved another
            if draw.random() < 0.8:
                task.complete(by=task.assignee)
