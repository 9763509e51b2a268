#!/usr/bin/env bash
# Plays docs/production.md, Compose: from nothing to a connection at work, backup and restore, the sandbox profile. Prints each step and how long it
# took. With Docker, or with podman and the docker-compose of deploy/tools.txt; images are stand-ins (scripts/stand-in-images.sh) unless
# BASES=real. Everything is made under a project of its own and taken away at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/containers.sh

[ -n "${TRY_BUILT:-}" ] || scripts/try-image.sh build
folder=$(mktemp -d)
compose=(docker compose)
kept=()
project="seatgeek-halo-try-$$"
if [ "$CONTAINER_ENGINE" = podman ]; then
  PATH="$PWD/.cache/deploy-tools/venv/bin:$PATH"
  command -v docker-compose >/dev/null || { echo 'skipped: docker-compose is not here; npm run lint:deploy installs it' >&2; exit 0; }
  compose=(docker-compose)
  # What podman says of a container is not what compose asked for, so that each `up` would make it anew.
  kept=(--no-recreate)
  export DOCKER_HOST="unix://$folder/podman.sock"
  podman system service --time 0 "$DOCKER_HOST" >"$folder/podman.log" 2>&1 &
  # Without systemd nobody asks podman's health checks.
  while sleep 1; do for one in $(podman ps --quiet 2>/dev/null); do podman healthcheck run "$one" >/dev/null 2>&1 || true; done; done &
fi
take_away() {
  "$CONTAINER_ENGINE" rm --force "$project-accounts" "$project-next" >/dev/null 2>&1 || true
  down >"$folder/down.log" 2>&1 || cat "$folder/down.log"
  kill $(jobs -p) 2>/dev/null || true
  rm -rf "$folder"
}
failed() {
  echo "FAILED after $((SECONDS - all)) s" >&2
  timeout 30 "${compose[@]}" --profile '*' ps --all >&2 || true
  timeout 30 "${compose[@]}" --profile '*' logs 2>&1 | grep -v DEBUG | tail -40 | cut -c1-300 >&2 || true
}
trap 'code=$?; trap - EXIT; [ "$code" = 0 ] || failed; take_away; exit "$code"' EXIT

free_port() { node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"; }
all=$SECONDS
step() {
  local began=$SECONDS
  echo "== $1"
  "${@:2}"
  echo "   $((SECONDS - began)) s"
}

# What a newcomer does: copy, choose a password, put secrets and the connection file into their folders. The rest is for this try alone.
fill_in() {
  mkdir "$folder/connections" "$folder/secrets"
  chmod 777 "$folder" "$folder/connections"
  sed 's/^POSTGRES_PASSWORD=$/POSTGRES_PASSWORD=of-this-try-alone/' deploy/.env.example >"$folder/env"
  {
    echo "CONNECTIONS_FOLDER=$folder/connections"
    echo "SECRETS_FOLDER=$folder/secrets"
    echo 'ALLOWED_HOSTS=127.0.0.1'
    echo "SEATGEEK_HALO_IMAGE=${IMAGE:-localhost/seatgeek-halo:try}"
    for port in TEMPORAL_PORT TEMPORAL_UI_PORT PROMETHEUS_PORT GRAFANA_PORT; do echo "$port=$(free_port)"; done
    if [ "${BASES:-}" != real ]; then
      echo "POSTGRES_IMAGE=$(stand_in postgres)"
      echo "TEMPORAL_SERVER_IMAGE=$(stand_in temporal-server)"
      echo "TEMPORAL_ADMIN_TOOLS_IMAGE=$(stand_in temporal-admin-tools)"
      echo "TEMPORAL_UI_IMAGE=$(stand_in temporal-ui)"
    fi
  } >>"$folder/env"
  for secret in SEATGEEK_CLIENT_ID=sandbox-seatgeek-client SEATGEEK_CLIENT_SECRET=sandbox-seatgeek-secret HALO_CLIENT_ID=sandbox-halo-client HALO_CLIENT_SECRET=sandbox-halo-secret; do
    printf '%s\n' "${secret#*=}" >"$folder/secrets/ARENA_${secret%%=*}"
  done
  compose+=(--progress quiet --env-file "$folder/env" --project-name "$project" --file deploy/compose.yaml)
  [ "$CONTAINER_ENGINE" = docker ] && return
  # Podman 4 knows no names on a network without a way out.
  echo 'networks: { database: { internal: false } }' >"$folder/podman.yaml"
  compose+=(--file "$folder/podman.yaml")
}
up() { "${compose[@]}" up --detach --wait --wait-timeout 150 --quiet-pull; }
starter() { "${compose[@]}" run --rm --no-TTY starter "$@"; }
web_ui() { curl --silent --show-error --fail "http://127.0.0.1:$(sed -n 's/^TEMPORAL_UI_PORT=//p' "$folder/env" | tail -1)/api/v1/namespaces/default" | node -p 'const { namespaceInfo, config } = JSON.parse(require("fs").readFileSync(0, "utf8")); `Web UI: namespace ${namespaceInfo.name}, closed runs kept ${config.workflowExecutionRetentionTtl}`'; }
# A SeatGeek and a Halo where the worker finds them on loopback, as nobody has accounts for a try.
sandbox() {
  local worker
  worker=$("${compose[@]}" ps --quiet worker)
  "$CONTAINER_ENGINE" run --detach --rm --name "$project-accounts" --network "container:$worker" --user 65532:65532 --volume "$folder/connections:/connections" \
    "${IMAGE:-localhost/seatgeek-halo:try}" dist/sandbox/index.js --people 2000 --name arena --write-connection /connections/arena.json >/dev/null
  until [ -s "$folder/connections/arena.json" ]; do sleep 0.2; done
}
# 3: done, and some people are rejected.
is_done() { [ "$1" = 0 ] || [ "$1" = 3 ]; }
import() {
  starter validate connections/arena.json
  starter onboard connections/arena.json --import-100 --resume || is_done $?
  until_idle arena
}
until_idle() {
  until starter list --json 2>/dev/null | node -e 'const [{ phase }] = JSON.parse(require("fs").readFileSync(0, "utf8")); process.exit(phase === "idle" ? 0 : 1)'; do sleep 1; done
  starter list
}
# As each `up` does: tables, namespace and attributes stay as they are.
one_shots() {
  for one in temporal-schema temporal-namespace; do
    "${compose[@]}" run --rm --no-TTY --no-deps "$one" >"$folder/$one.log" 2>&1 || { cat "$folder/$one.log"; return 1; }
    tail -1 "$folder/$one.log"
  done
  "${compose[@]}" up --detach --wait "${kept[@]}"
}
DATABASES='temporal temporal_visibility'
backup() {
  for d in $DATABASES; do "${compose[@]}" exec --no-TTY postgresql pg_dump --username temporal --format custom "$d" >"$folder/$d.dump"; done
  ls -l "$folder"/*.dump | awk '{ print "   " $5 " bytes" }'
}
restore() {
  "${compose[@]}" stop worker sandbox-worker temporal
  for d in $DATABASES; do
    "${compose[@]}" exec --no-TTY postgresql dropdb --username temporal --force "$d"
    "${compose[@]}" exec --no-TTY postgresql createdb --username temporal "$d"
    "${compose[@]}" exec --no-TTY postgresql pg_restore --username temporal --dbname "$d" --exit-on-error <"$folder/$d.dump"
  done
  "${compose[@]}" --profile sandbox up --detach --wait "${kept[@]}" worker sandbox-worker
}
goes_on() {
  local sandbox=(run --rm --no-TTY --env TEMPORAL_NAMESPACE=sandbox starter)
  "${compose[@]}" "${sandbox[@]}" sync-now arena
  "${compose[@]}" "${sandbox[@]}" list
}
# docs/upgrade.md: workers of a build that has a name beside those that have none.
another_build() {
  printf '%s\n' TEMPORAL_DEPLOYMENT_NAME=seatgeek-halo TEMPORAL_WORKER_BUILD_ID=next >>"$folder/env"
  "${compose[@]}" run --detach --rm --use-aliases --no-deps --name "$project-next" worker >/dev/null
  # Refused until its worker polls. Podman's exit code of a command is not to be relied on: what counts is where the connection is.
  until starter workers --json | node -e 'const next = JSON.parse(require("fs").readFileSync(0, "utf8")).find(({ build }) => build === "next"); process.exit(next?.isCurrent && next.connections.includes("arena") ? 0 : 1)' 2>/dev/null; do
    starter promote next || true
    sleep 1
  done
  starter workers
  "${compose[@]}" up --detach --wait --no-deps --force-recreate worker
  "$CONTAINER_ENGINE" stop "$project-next" >/dev/null
}
down() { "${compose[@]}" --profile '*' down --volumes --timeout 60; }
sandbox_profile() {
  "${compose[@]}" --profile sandbox up --detach --quiet-pull "${kept[@]}"
  local container code
  container=$("${compose[@]}" --profile sandbox ps --all --quiet sandbox-import)
  code=$(timeout 240 "$CONTAINER_ENGINE" wait "$container")
  "$CONTAINER_ENGINE" logs "$container"
  echo "   sandbox-import ended with exit code $code"
  is_done "$code"
}

step '1. cp .env.example .env, a password, secrets as files' fill_in
step '2. docker compose up --detach --wait' up
step '3. the Web UI answers' web_ui
step '   (a made-up SeatGeek and Halo beside the worker)' sandbox
step '4. starter validate, onboard --import-100 --resume, until idle' import
echo "== a connection at work after $((SECONDS - all)) s"
"$CONTAINER_ENGINE" rm --force "$project-accounts" >/dev/null
profile=$SECONDS
step '5. docker compose --profile sandbox up --detach: an import without accounts' sandbox_profile
echo "== an import seen after $((SECONDS - profile)) s"
step '6. the one-shots again, on filled databases' one_shots
step '7. backup, while it runs' backup
step '8. restore' restore
step '9. the connection goes on' goes_on
step '10. workers of another build, promoted' another_build
step "11. docker compose --profile '*' down --volumes" down
