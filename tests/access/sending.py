"""What the access matrix posts to each route, so that whoever may do it does something.

Without a line here a POST is sent empty. What only answers, whatever is sent, is named in ``LEADS_ON`` with the reason.
"""

from django.core.files.base import ContentFile

from users.forms.notices import CHOSEN


class Form(dict):
    """The form of the page as it stands, with these fields changed."""

    def __init__(self, **changes):
        super().__init__({name.replace("__", "-"): value for name, value in changes.items()})


def sends(what):
    """``what`` as a function of the world, the record and the address that is posted to."""

    def data(world, record, address):
        found = what(world, record) if callable(what) else what
        return {**world.form(address), **found} if isinstance(found, Form) else found

    return data


ROW = {"row": "new1", "new1-name": "Fresh"}
PARTY = {"account": "new", "account_name": "Fresh house", "due_on": "2026-12-24"}
PERSON = {"first_name": "New", "last_name": "Comer", "email": "new@demo.example"}


def colleague(world, record):
    """Somebody who may be put on it by whoever may put on only themselves, too."""
    return {"colleague": world.cast.eve.pk}


def text_of(kind):
    return lambda world, record: Form(**{f"cf_{world.texts[kind].pk}": "X-1"})


def tagged(world, record):
    return {"tag": world.tag.pk}


def shared(world, record):
    return Form(to_name=str(world.cast.mia), turn="")


SENDS = {
    "house": Form(name="Deal house"),
    "targets": lambda world, record: Form(**{f"team-{world.team.pk}-1": "5000"}),
    "pipelines:new": Form(name="Shops"),
    "pipelines:stages": lambda world, record: Form(**{f"{world.stage.pk}-name": "To look at"}),
    **{
        f"pipelines:{name}": ROW
        for name in (
            "sources", "lost_reasons", "origin_types", "origins", "categories", "families", "establishments", "sectors",
            "sale_types", "person_roles", "subcategories", "subfamilies",
        )
    },
    "pipelines:products": ROW | {"new1-code": "P-1", "new1-sale_type": "1"},
    "pipelines:currencies": ROW | {"new1-code": "GBP"},
    "pipelines:rates": {"day": "2026-02-01", "value": "1.5"},
    "attributes:tags": ROW | {"new1-colour": "blue"},
    "attributes:fields": lambda world, record: Form(**{f"{world.field.pk}-name": "Standard"}),
    "attributes:new_field": {"field-name": "Colour", "field-kind": "text"},
    "attributes:groups": ROW,
    "attributes:options": ROW,
    "lists:index": ROW,
    # Opportunities
    "opportunities:new_view": {"name": "Mine", "audience": "me", "query": "q=quartz"},
    "opportunities:edit_view": Form(name="Larger ones"),
    "opportunities:save_view": {"query": "q=quartz"},
    "opportunities:bulk": lambda world, record: {
        "action": "tags", "sel": [one.pk for one in world.records["opportunity"].values()],
    },
    "opportunities:bulk_job": lambda world, record: {"mode": "add", "tags": world.tag.pk},
    "opportunities:new": Form(name="New one", amount="5", **PARTY),
    "opportunities:duplicate": Form(name="Copied", **PARTY),
    "opportunities:edit": Form(brief="Wired", **PARTY),
    "opportunities:share": shared,
    "opportunities:retag": tagged,
    "opportunities:edit_custom": text_of("opportunity"),
    "opportunities:add_person": colleague,
    "opportunities:remove_person": lambda world, record: {"person": f"user-{world.cast.sup.pk}"},
    "opportunities:board_move": lambda world, record: {"stage": world.next_stage.pk},
    "opportunities:board_lose": Form(reason="1"),
    "opportunities:move": lambda world, record: {"stage": world.next_stage.pk},
    "opportunities:lose": Form(reason="1"),
    "opportunities:field": Form(amount="77"),
    "opportunities:lines": Form(new1__label="Sensor", new1__unit_price="5", new1__sale_type="1"),
    # Accounts and contacts
    "accounts:new": Form(name="New house"),
    "accounts:edit": Form(city="Caen"),
    "accounts:share": shared,
    "accounts:retag": tagged,
    "accounts:edit_custom": text_of("account"),
    "accounts:add_site": {"name": "Depot", "city": "Caen"},
    "accounts:edit_site": Form(city="Lyon"),
    "accounts:put": lambda world, record: {"list": world.other_list.pk},
    "accounts:take_off": lambda world, record: {"list": world.list.pk},
    "contacts:new": Form(first_name="New", last_name="Person"),
    "contacts:edit": Form(role="Buyer"),
    "contacts:share": shared,
    "contacts:retag": tagged,
    "contacts:edit_custom": text_of("contact"),
    "contacts:put": lambda world, record: {"list": world.other_list.pk},
    "contacts:take_off": lambda world, record: {"list": world.list.pk},
    # Activities and tasks
    **{f"activities:{kind}": {"kind": "comment", "text": "Rang"} for kind in ("opportunity", "account", "contact")},
    "activities:time": {"on": "2026-01-05", "minutes": "30"},
    "activities:edit": Form(text="Wrote"),
    "activities:move": lambda world, record: {"opportunity": world.records["opportunity"]["shared_to_edit"].pk},
    "activities:types": ROW | {"new1-icon": "phone"},
    "tasks:new": Form(title="Call"),
    "tasks:quick": {"line": "Call tomorrow"},
    "tasks:task": Form(title="Call again"),
    "tasks:postpone": {"day": "2030-12-24"},
    "tasks:assign": lambda world, record: {"assignee": world.cast.claire.pk},
    "tasks:categories": ROW | {"new1-icon": "phone"},
    "tasks:add_track": lambda world, record: {"track_id": world.track.pk, "end_on": "2030-01-01"},
    "tasks:tracks": ROW,
    "tasks:steps": lambda world, record: Form(**{f"{world.step.pk}-name": "Get ready"}),
    "tasks:holidays": ROW | {"new1-rule_name": "yearly", "new1-on": "2026-07-14", "week-weekdays": ["0", "1"]},
    # Spreadsheets
    "transfers:new": lambda world, record: {"kind": "account", "file": ContentFile(b"Name\nA\n", "a.csv")},
    "transfers:columns": Form(),
    "transfers:sheet": {"header": "1", "whole": "1"},
    "transfers:export": Form(),
    # People
    "users:preferences": Form(first_name="Other"),
    "users:display": Form(theme="dark"),
    "users:notice_ways": Form(**{f"mail-{kind}": "never" for kind in CHOSEN}),
    "users:density": {"density": "compact"},
    "users:new_person": lambda world, record: Form(**PERSON, profile=world.profile.pk),
    "users:person": Form(last_name="Martinet"),
    "users:teams": ROW,
    "users:team": lambda world, record: {"members": world.cast.eve.pk},
    "users:new_group": lambda world, record: {"name": "Fairs", "members": world.cast.eve.pk},
    "users:group": lambda world, record: {"name": "Keys", "members": world.cast.eve.pk},
    "users:profile": Form(name="Traveller"),
    # Signing in
    "account_login": lambda world, record: {"login": world.cast.claire.email, "password": "try-the-crm-2026"},
    "account_reset_password": lambda world, record: {"email": world.cast.claire.email},
    "account_change_password": {
        "oldpassword": "try-the-crm-2026", "password1": "three-words-2026", "password2": "three-words-2026",
    },
}  # fmt: skip

LEADS_ON = {
    "setup": "is done already",
    "attributes:all_fields": "leads to the fields of opportunities",
    "opportunities:preview_lines": "shows what lines would come to",
    "transfers:conflicts": "has none in this import (tests/transfers/test_conflicts.py)",
    "users:profile_effect": "shows what other rights would do",
    "users:language": "sets a cookie",
    "account_logout": "ends the session",
    "account_reset_password_from_key": "keeps the key in the session first",
    "account_signup": "is closed",
    "account_reauthenticate": "is kept in the session alone",
    "openid_connect_login": "has no provider here",
    **{
        f"mfa_{name}": "asks for the password first (tests/users/test_factors.py)"
        for name in (
            "authenticate", "reauthenticate", "activate_totp", "deactivate_totp", "generate_recovery_codes",
            "add_webauthn", "reauthenticate_webauthn", "login_webauthn", "edit_webauthn", "remove_webauthn",
        )
    },
}  # fmt: skip
