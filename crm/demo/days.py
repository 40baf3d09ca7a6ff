"""What the demo's people have to do: late, today, this week; some opportunities are left without a next step."""

import datetime as dt
import random
from typing import Any

from django.utils import timezone

from accounts.models import Account
from activities.models import Activity, activity_types
from core.dates import today
from opportunities.models import Opportunity
from records.journal import operation
from records.models import Door, Row
from tasks.models import Task, TaskCategory
from users.models import User

PER_PERSON = 40
TITLES = {
    "en": {
        "phone": ("Chase {who}", "Scoping call with {who}", "Call {who} about the budget", "Ask {who} for the decision date"),
        "mail": ("Send {who} the purchase order", "Write the demo report", "Send the signed amendment", "Price the radio option"),
        "calendar": ("On-site demo", "Technical committee", "Kick-off meeting", "Review with {who}"),
        "task": ("Check the pricing", "Get the buying centre", "Prepare the committee", "Validate the layout"),
    },
    "fr": {
        "phone": ("Relancer {who}", "Appel de cadrage avec {who}", "Appeler {who} pour le budget", "Demander la date de décision à {who}"),
        "mail": ("Envoyer le bon de commande à {who}", "Compte rendu de démonstration", "Envoyer l’avenant signé", "Chiffrer l’option radio"),
        "calendar": ("Démonstration sur site", "Comité technique", "Réunion de lancement", "Point avec {who}"),
        "task": ("Relire le chiffrage", "Identifier les décideurs", "Préparer le comité", "Valider le plan d’implantation"),
    },
}  # fmt: skip
NOTED = {
    "en": ("The budget is voted in spring.", "They compare with one other offer.", "The buyer wants a visit of the site.", "Good exchange, to be confirmed in writing."),
    "fr": ("Le budget est voté au printemps.", "Ils comparent avec une autre offre.", "L’acheteur souhaite une visite du site.", "Bon échange, à confirmer par écrit."),
}  # fmt: skip
ALONE = {"en": ("Weekly team meeting", "Expense report"), "fr": ("Point hebdomadaire", "Note de frais")}


def make(people: dict[str, User], language: str) -> None:
    """Once: for each of the cast, tasks on some of their open opportunities; two alone, one of them every week."""
    if Task.objects.exists():
        return
    draw, now = random.Random(11), today()
    kinds = list(TaskCategory.objects.active())
    rows: list[Row] = []
    for person in people.values():
        mine = Opportunity.objects.live().open().filter(owner=person).select_related("contact", "account")
        for deal in mine.order_by("list_key", "pk")[:PER_PERSON]:
            if draw.random() < 0.25:
                continue
            kind = draw.choice(kinds)
            who = deal.contact or deal.account or deal.name
            title = draw.choice(TITLES[language][kind.icon]).format(who=who)
            day = now + dt.timedelta(days=draw.choice((-6, -2, -1, 0, 0, 0, 1, 2, 3, 4, 6, 9, 14, 21, 33)))
            row = _row(title, person, kind, day, draw, opportunity_id=deal.pk)
            rows.append(row)
        if person.team_id is not None:
            for at, title in enumerate(ALONE[language]):
                day = now + dt.timedelta(days=at)
                weekly = {"repeat_unit": "week", "repeat_first": day} if at == 0 else {}
                rows.append(_row(title, person, kinds[-1 - at], day, draw, **weekly))
    client = Account.objects.live().order_by("pk").first()
    claire = people["claire"]
    rows += [_row(draw.choice(TITLES[language]["task"]), claire, kinds[-1], now, draw) for _ in range(2)]
    if client is not None:
        rows.append(_row(TITLES[language]["calendar"][1], claire, kinds[2], now, draw, account_id=client.pk))
    with operation(by=None, door=Door.IMPORT, what="demo.tasks"):
        Task.create_rows(rows)
    with operation(by=None, door=Door.IMPORT, what="demo.activities"):
        Activity.create_rows(_noted(people, language, draw))


def _noted(people: dict[str, User], language: str, draw: random.Random) -> list[Row]:
    """What happened in the last two months with some of their opportunities."""
    kinds = [kind for kind in activity_types().values() if kind.code in ("call", "meeting", "note", "comment")]
    rows: list[Row] = []
    for person in people.values():
        mine = Opportunity.objects.live().open().filter(owner=person).order_by("list_key", "pk")
        for deal in mine[:PER_PERSON:2]:
            for _again in range(draw.randrange(3)):
                ago = dt.timedelta(days=draw.randrange(60), minutes=draw.randrange(600))
                rows.append(
                    Activity.blank_row()
                    | {
                        "type_id": draw.choice(kinds).pk,
                        "opportunity_id": deal.pk,
                        "made_by_id": person.pk,
                        "text": draw.choice(NOTED[language]),
                        "at": timezone.now() - ago,
                    }
                )
    return rows


def _row(title: str, person: User, kind: TaskCategory, day: dt.date, draw: random.Random, **more: Any) -> Row:
    time = dt.time(draw.randrange(8, 18), draw.choice((0, 0, 30))) if draw.random() < 0.5 else None
    return {
        **Task.blank_row(),
        "title": title,
        "assignee_id": person.pk,
        "made_by_id": person.pk,
        "category_id": kind.pk,
        "due_on": day,
        "due_time": time,
        **more,
    }
