"""Pipelines and their stages, sources, origins, lost reasons."""
