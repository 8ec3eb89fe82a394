"""REST beside GraphQL: health, metrics, and one profile for scripts and caches."""

from api.rest.health import router as health
from api.rest.profiles import router as profiles

routers = (health, profiles)

__all__ = ["routers"]
