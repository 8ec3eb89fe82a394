"""The fields of `Mutation`: taking events in, and decisions."""

import strawberry

from api.graphql.mutations.decide import DecideMutation
from api.graphql.mutations.ingest import IngestMutation

__all__ = ["Mutation"]


@strawberry.type(description="What can be changed. A mutation is answered when it is durable.")
class Mutation(IngestMutation, DecideMutation):
    """Each field names the scope that it needs."""
