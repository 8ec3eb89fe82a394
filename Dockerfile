# The service, without root, a compiler or a package manager in its way.
FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /opt/graph-cdp
# Versions first: they change more seldom than the program.
COPY constraints.txt ./
COPY pyproject.toml README.md LICENSE ./
COPY graph_cdp ./graph_cdp
COPY api ./api
COPY cypher ./cypher
RUN /opt/graph-cdp/bin/pip install --no-cache-dir --constraint constraints.txt '.[otel]'

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin graph-cdp \
    && install --directory --owner=graph-cdp /data
COPY --from=build /opt/graph-cdp /opt/graph-cdp
ENV PATH=/opt/graph-cdp/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 NUMBA_CACHE_DIR=/tmp/numba
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["graph-cdp"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
