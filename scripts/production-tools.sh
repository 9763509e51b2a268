#!/usr/bin/env bash
# Builds Temporal's server and its SQL tool from their Go modules, for `npm run test:production`. Takes ten minutes of processor time and 6 GB of
# Go's caches, once; they stay in ~/.cache/seatgeek-halo. PostgreSQL comes from the system's packages (Debian: postgresql).
set -euo pipefail

VERSION=1.32.1
folder="${TEMPORAL_TOOLS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/seatgeek-halo/temporal-$VERSION}"
building=$(mktemp -d)
trap 'rm -rf "$building"' EXIT

export GOBIN="$building" GOFLAGS="${GOFLAGS:--p=1}"
nice go install "go.temporal.io/server/cmd/server@v$VERSION"
nice go install "go.temporal.io/server/cmd/tools/sql@v$VERSION"
mkdir -p "$folder"
mv "$building/server" "$folder/temporal-server"
mv "$building/sql" "$folder/temporal-sql-tool"
"$folder/temporal-server" --version
