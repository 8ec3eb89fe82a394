"""The jars of a Neo4j version, resolved and fetched by jgo in pure Python: neither Maven nor Java is run.

Import it late: jgo is an optional dependency.
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import requests
from jgo.maven import Artifact, MavenContext, PythonResolver
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from graph_cdp.local_neo4j.versions import BROWSER

_CONNECTIONS = 8
_TIMEOUT_S = 60.0


class NotPublishedError(Exception):
    """The repository has no such file."""


class Fetcher(PythonResolver):
    """Fetches files over kept connections; each appears whole or not at all, so an interrupted fetch can go on."""

    def __init__(self, on_pom: Callable[[int], None]) -> None:
        """`on_pom` is called with the number of POMs read so far."""
        super().__init__()
        self._on_pom = on_pom
        self._poms = 0
        self._session = requests.Session()
        retries = Retry(total=5, connect=2, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504))
        self._session.mount("https://", HTTPAdapter(pool_maxsize=_CONNECTIONS, max_retries=retries))

    def download(self, artifact: Artifact) -> Path:
        """Fetch a POM into jgo's cache. jgo calls this while it resolves."""
        path = artifact.context.repo_cache / artifact.component.path_prefix / artifact.cached_filename
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, self._get(artifact))
        self._poms += 1
        self._on_pom(self._poms)
        return path

    def fetch_jar(self, artifact: Artifact, lib: Path) -> None:
        """Fetch a jar into `lib` unless it is there; its published SHA-1 must agree."""
        path = lib / artifact.filename
        if path.exists():
            return
        content = self._get(artifact)
        published = self._get(artifact, ".sha1").decode().split()[0]
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != published:
            raise requests.exceptions.ContentDecodingError(f"{artifact.filename} does not match its checksum")
        _write_whole(path, content)

    def _get(self, artifact: Artifact, suffix: str = "") -> bytes:
        for repository in artifact.context.remote_repos.values():
            place = f"{artifact.component.path_prefix.as_posix()}/{artifact.filename}{suffix}"
            answer = self._session.get(f"{repository}/{place}", timeout=_TIMEOUT_S)
            if answer.status_code == requests.codes.ok:
                return answer.content
            if answer.status_code != requests.codes.not_found:
                answer.raise_for_status()
        raise NotPublishedError(f"{artifact.filename}{suffix}")


def fetch(version: str, poms: Path, lib: Path, on_pom: Callable[[int], None]) -> Iterator[tuple[int, int]]:
    """Fetch all jars of a Neo4j server with Neo4j Browser into `lib`; gives (fetched, of how many) as they come.

    What is in `poms` and `lib` already is not fetched again. Raises NotPublishedError, requests.RequestException and
    OSError.
    """
    fetcher = Fetcher(on_pom)
    context = MavenContext(resolver=fetcher, repo_cache=poms)
    wanted = (
        f"org.neo4j:neo4j:{version}",
        f"org.neo4j.app:neo4j-server:{version}",
        f"org.neo4j.client:neo4j-browser:{BROWSER}",
    )
    named, needed = fetcher.resolve([context.create_dependency(coordinate) for coordinate in wanted])
    jars = [one.artifact for one in (*named, *needed) if one in named or one.scope in ("compile", "runtime")]
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        fetches = [pool.submit(fetcher.fetch_jar, jar, lib) for jar in jars]
        try:
            for done, one in enumerate(as_completed(fetches), start=1):
                one.result()
                yield done, len(jars)
        finally:
            pool.shutdown(cancel_futures=True)


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.part")
    partial.write_bytes(content)
    partial.replace(path)
