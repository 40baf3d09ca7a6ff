"""Demo data that looks like a real house; the same for the same number, whatever the machine."""
