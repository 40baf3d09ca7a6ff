"""Tasks: what is to be done, by whom, until when; the next step of every opportunity (ACT-4, ACT-5, LIST-8)."""
