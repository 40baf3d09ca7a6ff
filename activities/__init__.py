"""What happened with a client: notes, calls, meetings, events; and the hours spent (ACT-1..3, ACT-7, ACT-8)."""
