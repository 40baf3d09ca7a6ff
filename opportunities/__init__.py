"""The opportunity: its fields, its order, moving, closing, assigning, the list."""
