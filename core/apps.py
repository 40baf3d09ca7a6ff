from django.apps import AppConfig
from django.db.models.signals import post_migrate

from core import triggers


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        post_migrate.connect(triggers.install, dispatch_uid="core.triggers")
