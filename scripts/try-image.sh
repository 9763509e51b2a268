#!/usr/bin/env bash
# Builds the image of deploy/Dockerfile, prints its sizes, and runs it as a careful operator would: test/production/image.test.ts. With
# CONTAINER_ENGINE=docker|podman, on the base images of the Dockerfile with BASES=real, on those of BUILD_IMAGE and RUNTIME_IMAGE where they are
# named, and else on stand-ins (scripts/stand-in-images.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/containers.sh

image="${IMAGE:-localhost/seatgeek-halo:try}"
bases=()
if [ "${BASES:-}" != real ]; then
  if [ -z "${BUILD_IMAGE:-}${RUNTIME_IMAGE:-}" ]; then scripts/stand-in-images.sh node; fi
  bases=(--build-arg "BUILD_IMAGE=${BUILD_IMAGE:-$(stand_in node-slim)}" --build-arg "RUNTIME_IMAGE=${RUNTIME_IMAGE:-$(stand_in node-distroless)}")
fi
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
version=$(node -p 'require("./package.json").version')

began=$SECONDS
# Podman drops health checks from its own format.
format=()
[ "$CONTAINER_ENGINE" = docker ] || format=(--format docker --network host)
"$CONTAINER_ENGINE" build --file deploy/Dockerfile "${format[@]}" "${bases[@]}" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --tag "$image" .
echo "built $image in $((SECONDS - began)) s"

unpacked=$("$CONTAINER_ENGINE" image inspect --format '{{.Size}}' "$image")
packed=$("$CONTAINER_ENGINE" save "$image" | gzip | wc --bytes)
echo "$((unpacked / 1000000)) MB on disk, $((packed / 1000000)) MB to pull"
if [ "$packed" -gt 110000000 ]; then
  echo 'FAILED: more than 110 MB to pull' >&2
  exit 1
fi
[ "${1:-}" = build ] || TRY_IMAGE="$image" npx mocha --exit test/production/{image,manifests,systemd}.test.ts
