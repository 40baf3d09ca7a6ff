"""The language of the demo house: the machine's, if it is French, else English."""

import os


def house_language() -> str:
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "fr" if locale.startswith("fr") else "en"
