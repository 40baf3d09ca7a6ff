"""What a house adds to its records: tags, and fields of its own (OPP-9, OPP-13)."""
