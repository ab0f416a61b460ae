# MinIO, built from the last version of its archived project that the Go module
# proxy serves: the published images stop before the fix of CVE-2025-62506.
# internal/testkit/minio.go pins the same version.
FROM golang:1.26-bookworm AS build
RUN CGO_ENABLED=0 go install -trimpath -ldflags="-s -w" \
    github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data minio \
 && install -d -o minio -g minio -m 0700 /data
COPY --from=build /go/bin/minio /usr/local/bin/minio
USER minio
VOLUME /data
EXPOSE 9000
# The process is the container's first and is ended by SIGTERM.
ENTRYPOINT ["minio"]
CMD ["server", "--quiet", "--address", ":9000", "/data"]
