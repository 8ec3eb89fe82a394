"""The review queue: what is put into it, and what reviewers do about it."""
