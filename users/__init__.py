"""People: users, teams, groups (``auth.Group``), privilege profiles, signing in, preferences."""
