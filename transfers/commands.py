"""What the two commands share: whose eyes to see with, how to stop."""

import sys
from typing import NoReturn

from users.models import User

REFUSED, USAGE = 1, 2


class Usage(Exception):
    """The words of a command are off."""


def person(email: str) -> User:
    found = User.objects.select_related("profile", "team").filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise Usage(f"There is no active person with the address {email}.")
    return found


def stop(error: Exception, status: int = USAGE) -> NoReturn:
    """One line on the standard error, and out."""
    sys.stderr.write(" ".join(str(error).split()) + "\n")
    sys.exit(status)
