"""The fields of `Mutation`: taking events in, decisions, and what is done about items under review."""

import strawberry

from api.graphql.mutations.decide import DecideMutation
from api.graphql.mutations.ingest import IngestMutation
from api.graphql.mutations.review import ReviewMutation

__all__ = ["Mutation"]


@strawberry.type(description="What can be changed. A mutation is answered when it is durable.")
class Mutation(IngestMutation, DecideMutation, ReviewMutation):
    """Each field names the scope that it needs."""
