"""Rules that cross tables, kept by the database: a subcategory of a product belongs to its category."""

from core.triggers import part_of_whole

TRIGGERS = part_of_whole(
    "pipelines_product",
    "category",
    "subcategory",
    parts="pipelines_subcategory",
    refuse="a subcategory belongs to its category",
)
