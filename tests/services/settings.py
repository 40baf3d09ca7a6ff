"""The settings of the services tests: a worker that died is taken for dead sooner, so that many deaths fit; what is due
of itself is looked for more often."""

from crm.settings import *  # noqa: F403
from crm.settings import CELERY_BEAT_SCHEDULE

JOB_LEASE_SECONDS = 4
NOTICE_HELD_SECONDS = 4
CELERY_BEAT_SCHEDULE["tell"]["schedule"] = 2.0
