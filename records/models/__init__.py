from records.models.access import Access
from records.models.grants import GroupGrant, UserGrant
from records.models.hanging import Hanging, split
from records.models.operation import Change, Door, Erasure, Operation
from records.models.owned import OwnedQuerySet, OwnedRecord, owned_kinds
from records.models.purge import Purge
from records.models.record import Record, RecordQuerySet, Row, StaleRecord
from records.models.set_up import SetUpQuerySet, SetUpRecord, attach_set_up
from records.models.undo import Undo, UndoLine

__all__ = [
    "Access",
    "Change",
    "Door",
    "Erasure",
    "GroupGrant",
    "Hanging",
    "Operation",
    "OwnedQuerySet",
    "OwnedRecord",
    "Purge",
    "Record",
    "RecordQuerySet",
    "Row",
    "SetUpQuerySet",
    "SetUpRecord",
    "StaleRecord",
    "Undo",
    "UndoLine",
    "UserGrant",
    "attach_set_up",
    "owned_kinds",
    "split",
]
