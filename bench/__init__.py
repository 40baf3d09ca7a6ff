"""Measures the CRM against a floor measured in the same run (ARCHITECTURE 10): ``make bench``."""
