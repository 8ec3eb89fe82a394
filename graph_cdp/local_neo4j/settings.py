"""The settings of a local server: its memory, neo4j.conf, the options of Java. Pure."""

from typing import NamedTuple

from graph_cdp.local_neo4j.versions import order_of

LOCALHOST = "127.0.0.1"

_COMMON = f"""\
server.default_listen_address={LOCALHOST}
server.default_advertised_address={LOCALHOST}
server.bolt.enabled=true
server.bolt.tls_level=DISABLED
server.http.enabled=true
server.https.enabled=false
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
client.allow_telemetry=false
browser.remote_content_hostname_whitelist=localhost,{LOCALHOST}
db.tx_log.rotation.size=64M
db.tx_log.rotation.retention_policy=256M size
internal.cypher.use_parameter_size=false
"""
# The last one: else each statement is planned anew for lists of 1, of up to 10, of up to 100, and so on.

# Bolt has no connection left when the server stops, yet waits twice 5 s for stragglers unless told otherwise.
_OLD = "internal.dbms.bolt.netty_server_shutdown_quiet_period=0\n"

# Known from this version on; an earlier server refuses to start with a setting that it does not know.
_SINCE_2026_09 = """\
dbms.fleet_manager.enabled=false
server.fleet_discovery.enabled=false
server.http.x_forward.enabled=false
internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s
"""

_JAVA = (
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:+DisableExplicitGC",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.leakDetection.level=DISABLED",
    "-Dlog4j2.disable.jmx=true",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    *(
        f"--add-opens=java.base/{package}=ALL-UNNAMED"
        for package in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
    ),
)


class Memory(NamedTuple):
    """What a server may take, in MiB: Java's heap, and the page cache beside it."""

    heap_mib: int
    page_cache_mib: int


def memory_for(total_mib: int) -> Memory:
    """What suits a machine with so much memory that does other things too: an eighth and a sixteenth, within bounds."""
    return Memory(
        heap_mib=min(2048, max(512, total_mib // 8)),
        page_cache_mib=min(1024, max(128, total_mib // 16)),
    )


def neo4j_conf(version: str, bolt_port: int, http_port: int, memory: Memory) -> str:
    """The text of neo4j.conf: two connectors on this machine alone, no reports to anybody, little transaction log."""
    order = order_of(version)
    return (
        _COMMON
        + (_OLD if order < (2025,) else "")
        + (_SINCE_2026_09 if order >= (2026, 9) else "")
        + f"server.bolt.listen_address={LOCALHOST}:{bolt_port}\n"
        + f"server.bolt.advertised_address={LOCALHOST}:{bolt_port}\n"
        + f"server.http.listen_address={LOCALHOST}:{http_port}\n"
        + f"server.http.advertised_address={LOCALHOST}:{http_port}\n"
        + f"server.memory.pagecache.size={memory.page_cache_mib}M\n"
    )


def java_options(memory: Memory) -> tuple[str, ...]:
    """Java's options for the server."""
    return (f"-Xms{memory.heap_mib}m", f"-Xmx{memory.heap_mib}m", *_JAVA)
