#!/bin/sh
# Generates TypeScript from the contracts into build/gen. Debian's protoc runs the plugin of npm.
set -eu
cd "$(dirname "$0")/.."
PROTO=../../proto
rm -rf build/gen
mkdir -p build/gen
protoc -I "$PROTO" --plugin=node_modules/.bin/protoc-gen-es --es_out=build/gen \
  --es_opt=target=ts,import_extension=none \
  $(cd "$PROTO" && find encours/portfolio encours/alerting encours/ingestion encours/scoring \
    encours/risk encours/dunning encours/common encours/receivables encours/stream encours/erp \
    google -name '*.proto')
