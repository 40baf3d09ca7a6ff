"""One file with everything an installation holds, and how it fills an empty one, on either database (DATA-12)."""
