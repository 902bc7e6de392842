"""A picture for each call of the library."""
