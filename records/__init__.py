"""What every business record has: the gate, the journal, versions, the trash, search (ARCHITECTURE 2)."""
