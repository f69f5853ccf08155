# The server as one static Swift binary in a small Debian: docker build -t holdfast .
FROM swift:6.3-bookworm AS build
WORKDIR /build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libsqlite3-dev libssl-dev zlib1g-dev \
        libopus-dev libogg-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product holdfastd --static-swift-stdlib \
    && install -D "$(swift build -c release --show-bin-path)/holdfastd" /out/holdfastd

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libsqlite3-0 libssl3 zlib1g libopus0 libogg0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data holdfast \
    && install -d -o holdfast -g holdfast -m 750 /data
COPY --from=build /out/holdfastd /usr/local/bin/holdfastd
COPY scripts/health /usr/local/bin/holdfast-health
USER holdfast
VOLUME /data
EXPOSE 8080
# Whatever publishes the port ends TLS, or gives the server a certificate of its own.
ENV HOLDFAST_LISTEN=0.0.0.0:8080 HOLDFAST_DATA=/data HOLDFAST_PLAIN_ALLOWED=true
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["holdfast-health"]
ENTRYPOINT ["holdfastd"]
