#!/usr/bin/env bash
# Brings the real parts that some tests use and that pip cannot bring: Chromium for the page, PostgreSQL for a team's store, Java for Spark.
# Installs only as root on a Debian system; elsewhere the tests that need them skip and say so (on CI they fail instead).
set -uo pipefail
need=()
command -v chromium >/dev/null || need+=(chromium fonts-dejavu-core)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need+=(postgresql)
command -v java >/dev/null || [ -n "${JAVA_HOME:-}" ] || need+=(default-jre-headless)
[ ${#need[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "tests that need ${need[*]} will skip: install them to run these as well"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null && echo "installed ${need[*]}"
