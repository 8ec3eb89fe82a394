"""Traces by OpenTelemetry, where the environment configures them (OTEL_EXPORTER_OTLP_ENDPOINT and the like)."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from graph_cdp.errors import ConfigError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Span(Protocol):
    """What is told of a request once it is answered."""

    def answered(self, method: str, route: str, status: int) -> None:
        """Name the span by its route and tell the status; 5xx is an error."""


class Telemetry:
    """Sends a span for each request to the collector that the standard variables name."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("graph_cdp")

    @classmethod
    def of_environment(cls) -> "Telemetry | None":
        """What the OTEL_* variables configure; None where they configure nothing, or switch it off.

        Raises ConfigError where they do and the extra `otel` is not installed.
        """
        given = os.environ
        off = given.get("OTEL_SDK_DISABLED", "").lower() == "true" or given.get("OTEL_TRACES_EXPORTER") == "none"
        if off or not any(given.get(name) for name in _ENDPOINTS):
            return None
        # Only where it is wanted: the exporter takes a tenth of a second to import.
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        except ImportError:
            raise ConfigError("OTEL_* variables want traces: pip install 'graph-cdp[otel]', or unset them") from None
        name = given.get("OTEL_SERVICE_NAME") or "graph-cdp"
        provider = TracerProvider(resource=Resource.create({"service.name": name}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    @contextmanager
    def request(self, headers: Mapping[str, str]) -> Iterator[Span]:
        """A span around a request, child of the one that its `traceparent` names."""
        from opentelemetry import trace  # noqa: PLC0415
        from opentelemetry.propagate import extract  # noqa: PLC0415

        with self._tracer.start_as_current_span(
            "request", extract(headers), trace.SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            yield _RequestSpan(span)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


class _RequestSpan:
    """The attributes of the semantic conventions for HTTP, but for the path, which may name an identifier."""

    def __init__(self, span: object) -> None:
        self._span = span

    def answered(self, method: str, route: str, status: int) -> None:
        from opentelemetry import trace  # noqa: PLC0415

        span = self._span
        if isinstance(span, trace.Span):
            span.update_name(f"{method} {route}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", status)
            if status >= 500:
                span.set_status(trace.StatusCode.ERROR)
