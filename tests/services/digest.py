"""Prints the digest of what is live in each table of the business: ``python -m tests.services.digest``."""

import json

import django

django.setup()

from tests.live import digests  # noqa: E402

if __name__ == "__main__":
    print(json.dumps(digests()))
