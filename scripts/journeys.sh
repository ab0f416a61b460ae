#!/bin/sh
# Starts the program on a data folder of its own, waits until a prison of the
# demonstration is open, and walks the users' journeys in a real browser: all, or
# the test files named. With TAIZHANG_CLOCK=true it is the one journey that sets the clock
# of its server ahead.
set -eu
cd "$(dirname "$0")/.."
data=$(mktemp -d)
chmod 755 "$data"
log=$data/run.log
# A folder that another system lays files into, and a receiver that is not there.
mkdir -p "$data/data/connectors/drop"
echo secret >"$data/data/connectors/hook.secret"
cat >"$data/data/connectors/inmate-master.json" <<'EOF'
{"id": "inmate-master", "title": {"zh": "罪犯信息", "en": "Roll of inmates"}, "kind": "csv_drop", "system": "ext:inmate-master", "prison": "P1",
 "target": "inmates", "folder": "drop", "key": "/编号", "version": "/版本",
 "fields": {"number": "/罪犯编号", "name": "/姓名", "area": "/监区", "admitted": "/入监日期", "released": "/离监日期"}}
EOF
cat >"$data/data/connectors/command-screen.json" <<'EOF'
{"id": "command-screen", "title": {"zh": "指挥大屏", "en": "Command screen"}, "kind": "webhook", "system": "ext:command", "prison": "P1",
 "url": "http://127.0.0.1:9/taizhang", "secret": {"file": "hook.secret"}, "events": ["entry.approved", "entry.voided"], "attempts": 1}
EOF
DEMO_DAYS=${DEMO_DAYS:-8} DEMO_PRISONS=1 TAIZHANG_DATA=$data/data LISTEN=127.0.0.1:0 ./bin/taizhang up >"$log" 2>&1 &
pid=$!
finish() {
  code=$?
  kill -INT "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  # Much of the log would push the failed journey itself out of sight.
  if [ "$code" -ne 0 ]; then grep -v '"level":"INFO"' "$log" | cut -c 1-300 | tail -n 5 || true; fi
  rm -rf "$data"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM
url=
tries=0
until [ -n "$url" ] && curl -fsS "$url/api/v1/progress" 2>/dev/null | grep -q '"finished":true'; do
  kill -0 "$pid" 2>/dev/null || { echo 'the program ended early'; exit 1; }
  tries=$((tries + 1))
  [ "$tries" -lt 600 ] || { echo 'the demonstration was not made within ten minutes'; exit 1; }
  url=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$log" | head -n 1 || true)
  sleep 1
done
./scripts/browser.sh
cd frontend
TAIZHANG_DROP=$data/data/connectors/drop TAIZHANG_URL=$url TAIZHANG_PASSWORD=taizhang-demo npm run --silent e2e -- "$@"
