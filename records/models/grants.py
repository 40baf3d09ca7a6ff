"""Per-record grants, kept by django-guardian in tables with a direct foreign key (GIVE-2, GIVE-3)."""

from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class UserGrant(UserObjectPermissionBase):
    """A record shared with a person; subclasses add ``content_object``."""

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


class GroupGrant(GroupObjectPermissionBase):
    """A record shared with a group; subclasses add ``content_object``."""

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = True
