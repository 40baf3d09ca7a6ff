"""Figures over everything: reports."""
