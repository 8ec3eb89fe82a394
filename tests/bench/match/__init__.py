"""Matching beside Splink, on the same data in the same run."""
