"""Profiles, journeys, explanations and decisions by GraphQL."""
