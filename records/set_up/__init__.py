"""The set-up screens: managed lists edited in place (SET-1)."""
