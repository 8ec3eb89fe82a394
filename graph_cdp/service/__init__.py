"""The write side: one use case a module. Each reads, decides with a pure function, and writes the result."""
