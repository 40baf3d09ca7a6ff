import logging

import pytest
from django.conf import settings
from django.db import transaction

from core.models.house import see_mark
from tests.undoing.world import World


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once; every history rolls back what it wrote."""
    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path_factory.mktemp("files")
    logging.disable(logging.CRITICAL)  # refusals are part of it
    with django_db_blocker.unblock():
        with transaction.atomic():
            yield World()
            transaction.set_rollback(True)
        see_mark("unknown")
    logging.disable(logging.NOTSET)
    settings.MEDIA_ROOT = before
