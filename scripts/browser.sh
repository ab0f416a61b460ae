#!/bin/sh
# Makes sure that there is a Chromium with a Chinese font: what is found, else
# apt as root, else Playwright's own download.
set -eu
cd "$(dirname "$0")/.."
for b in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome /usr/bin/microsoft-edge; do
  if [ -n "$b" ] && [ -x "$b" ]; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-wqy-microhei >/dev/null
  exit 0
fi
cd frontend && npx playwright-core install chromium-headless-shell chromium
