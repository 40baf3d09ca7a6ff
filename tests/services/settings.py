"""The settings of the services tests: a worker that died is taken for dead sooner, so that many deaths fit."""

from crm.settings import *  # noqa: F403

JOB_LEASE_SECONDS = 4
