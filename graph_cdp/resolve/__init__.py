"""Which identifiers belong together, and why others do not. Pure: no I/O, no clock, no randomness."""
