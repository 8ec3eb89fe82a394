"""The words of the design as frozen models. No I/O, no clock, no randomness."""
