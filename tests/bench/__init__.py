"""Figures beside ceilings that are measured in the same run."""
