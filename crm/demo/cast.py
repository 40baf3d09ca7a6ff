"""The demo cast, its teams and profiles (ARCHITECTURE 9). Only ever with demo data."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from records.journal import operation
from records.models import Door
from users.models import Profile, Team, User
from users.models.groups import add_group

DOMAIN = "demo.example"
TEAMS = {
    "west": {"en": "West", "fr": "Ouest"},
    "east": {"en": "East", "fr": "Est"},
    "desk": {"en": "Sales desk", "fr": "Administration des ventes"},
}
# address, first name, last name, profile, team; None for an address means somebody who never signs in.
PEOPLE = (
    ("ada", "Ada", "Kermarec", "administrator", None),
    ("sup", "Sup", "Duval", "super_administrator", None),
    ("mia", "Mia", "Ferhat", "manager", "west"),
    ("claire", "Claire", "Roy", "representative", "west"),
    ("tom", "Tom", "Nguyen", "representative", "west"),
    ("ines", "Inès", "Carvalho", "representative", "west"),
    ("marc", "Marc", "Vidal", "manager", "east"),
    ("sam", "Sam", "Haddad", "representative", "east"),
    ("elodie", "Élodie", "Marchand", "representative", "east"),
    ("paul", "Paul", "Wright", "representative", "east"),
    ("bo", "Bo", "Costa", "back_office", "desk"),
    ("sophie", "Sophie", "Legrand", "back_office", "desk"),
    ("eve", "Eve", "Maurin", "associate", None),
)
GROUP = {"en": "Key accounts", "fr": "Grands comptes"}
MEMBERS = ("claire", "sam", "ines", "mia")
MANAGERS = {"west": "mia", "east": "marc"}
SIGN_INS = ("ada", "sup", "mia", "claire", "tom", "sam", "eve", "bo")


def address(key: str) -> str:
    return f"{key}@{DOMAIN}"


def make(language: str) -> dict[str, User]:
    """The cast by key; whoever is there already stays as they are."""
    with operation(by=None, door=Door.SET_UP, what="demo.cast"):
        teams = {key: _team(names[language]) for key, names in TEAMS.items()}
        profiles = {profile.code: profile for profile in Profile.objects.exclude(code=None)}
        password = make_password(settings.DEMO_PASSWORD)
        cast = {}
        for key, first_name, last_name, profile, team in PEOPLE:
            person = User.objects.filter(email=address(key)).first()
            if person is None:
                person = User(
                    email=address(key),
                    first_name=first_name,
                    last_name=last_name,
                    profile=profiles[profile],
                    team=teams[team] if team else None,
                    password=password,
                )
                person.add(by=None)
            cast[key] = person
        for team, manager in MANAGERS.items():
            if teams[team].manager_id is None:
                teams[team].manager = cast[manager]
                teams[team].save()
        name = GROUP[language]
        if not Group.objects.filter(name=name).exists():
            group = add_group(name, by=None)
            for member in MEMBERS:
                cast[member].set_groups([group], by=None)
    return cast


def _team(name: str) -> Team:
    team = Team.objects.filter(name=name).first()
    if team is None:
        team = Team(name=name)
        team.add(by=None)
    return team
