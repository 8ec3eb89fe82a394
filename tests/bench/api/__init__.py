"""Figures of the service over HTTP, beside ceilings and a peer that are measured in the same run."""
