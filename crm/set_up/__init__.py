"""The settings of the whole house: their home, the house itself, the first set-up."""
