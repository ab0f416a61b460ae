# Taizhang: the page is built first and embedded into the one program.
FROM node:20-bookworm-slim AS page
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . /src
RUN npm run build

FROM golang:1.26-bookworm AS program
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=page /src/frontend/dist frontend/dist
# The typeface of printed forms, as the Makefile takes it.
COPY --from=page /src/frontend/node_modules/@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf frontend/fonts/NotoSerifSC-Regular.ttf
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /taizhang ./cmd/taizhang

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /nonexistent taizhang \
 && install --directory --owner=10001 --mode=0700 /data
COPY --from=program /taizhang /usr/local/bin/taizhang
USER taizhang
EXPOSE 8080
ENTRYPOINT ["taizhang"]
CMD ["serve"]
