# One image for every part; the command says which (docker-compose.yml). Packages come from the lock, by hash.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/copydesk
WORKDIR /src
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN /opt/copydesk/bin/python -m pip install --require-hashes -r requirements/build.txt \
 && /opt/copydesk/bin/python -m pip install --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY rules rules
COPY reports reports
COPY workers workers
COPY service service
RUN /opt/copydesk/bin/python -m pip install --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install --yes --no-install-recommends procps && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data copydesk && install -d -o copydesk -g copydesk /data
COPY --from=build /opt/copydesk /opt/copydesk
ENV PATH=/opt/copydesk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 COPYDESK_DATA=/data
USER copydesk
WORKDIR /data
VOLUME /data
EXPOSE 8080
CMD ["copydesk", "web"]
