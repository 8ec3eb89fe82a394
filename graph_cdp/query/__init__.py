"""The read side: one question a module. Each reads one consistent view and answers with a pure function."""
