"""Spreadsheets in and out: reading, meaning, planning, writing; the wizard; exports."""
