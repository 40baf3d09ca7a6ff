"""Reads one spreadsheet and writes its cells as lines of JSON. Runs alone, in a process with limits, without Django.

    python -m transfers.reader FILE NAME SHEET ROWS COLUMNS BYTES MEGABYTES SECONDS

SHEET is the name of one, or blank for the first that is not empty. The first line tells what the file is; each
further line is a row: texts, numbers, booleans, nulls, ``{"d": "2026-11-24"}`` for a date, ``{"e": "#DIV/0!"}`` for
an error. A file that cannot be read ends with ``{"error": code}`` and status 3.
What is inside is never run: a formula is read as its last result.
"""
