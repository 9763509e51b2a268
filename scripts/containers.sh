# Sourced by the scripts that run containers: CONTAINER_ENGINE is docker or podman, and images are stand-ins unless named.
stand_in() { echo "localhost/stand-in/$1:latest"; }

if [ -z "${CONTAINER_ENGINE:-}" ]; then
  if docker info >/dev/null 2>&1; then CONTAINER_ENGINE=docker
  elif command -v podman >/dev/null; then CONTAINER_ENGINE=podman
  else
    echo 'skipped: neither a Docker engine nor podman is here' >&2
    exit 0
  fi
fi
if [ "$CONTAINER_ENGINE" = podman ]; then
  # Podman asks for more open files and processes than a machine that is a container itself may give.
  CONTAINERS_CONF="$PWD/.cache/containers.conf"
  mkdir -p .cache
  printf '[containers]\ndefault_ulimits = ["nofile=%s:%s", "nproc=%s:%s"]\n' 20000 20000 9000 9000 >"$CONTAINERS_CONF"
  export CONTAINERS_CONF
fi
export CONTAINER_ENGINE
