# One image for web, worker, live and release. docs/containers.md says how to use it.
#
#   docker build -t helpdesk .
#
# PostgreSQL's programs make backups: they must be no older than the server of compose.yaml.
ARG BASE=docker.io/library/python:3.13-slim-trixie

FROM ${BASE} AS build
WORKDIR /opt/helpdesk
RUN python3 -m venv .venv
ENV PATH=/opt/helpdesk/.venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt requirements-s3.txt ./
RUN pip install --quiet --require-hashes -r requirements-s3.txt
COPY . .
# Neither the secrets nor the database are used here.
RUN SECRET_KEY=unused CREDENTIAL_KEYS=unused STATIC_ROOT=/opt/helpdesk/staticfiles \
    METRICS_DIR=/tmp/metrics python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q helpdesk inbox \
    && pip uninstall --quiet --yes pip

FROM ${BASE}
ARG POSTGRESQL=17
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        ca-certificates postgresql-client-${POSTGRESQL} tzdata \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/*
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/helpdesk helpdesk \
    && install -d -o helpdesk -g helpdesk -m 0700 /var/lib/helpdesk /var/backups/helpdesk
COPY --from=build /opt/helpdesk /opt/helpdesk

WORKDIR /opt/helpdesk
ENV PATH=/opt/helpdesk/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    BIND=0.0.0.0 \
    PORT=8000 \
    LIVE_PORT=8001 \
    LOCAL_DIR=/var/lib/helpdesk \
    STATIC_ROOT=/opt/helpdesk/staticfiles
# Everything else can be mounted read-only.
VOLUME ["/var/lib/helpdesk", "/var/backups/helpdesk"]
USER 10001:10001
EXPOSE 8000 8001
# Only whether the process lives: a web process without its database is not to be restarted.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python3", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["/opt/helpdesk/deploy/run"]
CMD ["web"]
