"""Profiles by REST, health, metrics."""
