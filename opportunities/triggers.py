"""Rules that cross tables, kept by the database: a stage of its pipeline, a contact of its account."""

from core.triggers import Trigger, part_of_whole
from records import search

_STAGE = "NOT EXISTS (SELECT 1 FROM pipelines_stage s WHERE s.id = NEW.stage_id AND s.pipeline_id = NEW.pipeline_id)"
_ORIGIN = (
    "NEW.origin_id IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM pipelines_origin o WHERE o.id = NEW.origin_id AND o.type_id = NEW.origin_type_id)"
)
_CONTACT = (
    "NEW.account_id IS NOT NULL AND EXISTS "
    "(SELECT 1 FROM accounts_contact c WHERE c.id = NEW.contact_id AND c.account_id <> NEW.account_id)"
)
_TURNED = (  # a contact who moves to another company keeps the opportunities where they are (ACC-2)
    "(COALESCE(OLD.account_id, 0) <> COALESCE(NEW.account_id, 0) "
    "OR COALESCE(OLD.contact_id, 0) <> COALESCE(NEW.contact_id, 0))"
)

TRIGGERS = [
    *part_of_whole(
        "opportunities_opportunity",
        "category",
        "subcategory",
        parts="pipelines_subcategory",
        refuse="a subcategory belongs to its category",
    ),
    *part_of_whole(
        "opportunities_opportunity",
        "family",
        "subfamily",
        parts="pipelines_subfamily",
        refuse="a sub-family belongs to its family",
    ),
    *part_of_whole(
        "opportunities_line",
        "category",
        "subcategory",
        parts="pipelines_subcategory",
        refuse="a subcategory belongs to its category",
    ),
    *search.triggers("opportunities_opportunity"),
    *(
        Trigger(
            name=f"opportunity_contact_{moment}",
            table="opportunities_opportunity",
            event=f"BEFORE {event}",
            when=when,
            refuse="a contact works for the account",
        )
        for moment, event, when in (
            ("insert", "INSERT", _CONTACT),
            ("update", "UPDATE OF account_id, contact_id", f"{_TURNED} AND {_CONTACT}"),
        )
    ),
    *(
        Trigger(
            name=f"opportunity_{name}_{moment}",
            table="opportunities_opportunity",
            event=f"BEFORE {event}",
            when=condition,
            refuse=refuse,
        )
        for name, condition, columns, refuse in (
            ("stage", _STAGE, "stage_id, pipeline_id", "a stage belongs to its pipeline"),
            ("origin", _ORIGIN, "origin_id, origin_type_id", "an origin belongs to its type"),
        )
        for moment, event in (("insert", "INSERT"), ("update", f"UPDATE OF {columns}"))
    ),
]
