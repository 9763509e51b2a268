#!/usr/bin/env bash
# `npm run lint:deploy`: checks the files of deploy/ with the tools that their users have. Tools come from PyPI (deploy/tools.txt), from Go modules
# and from Debian's packages into .cache/deploy-tools; a check whose tool can't be had is skipped, and says so.
set -euo pipefail
cd "$(dirname "$0")/.."

KUBERNETES=1.34
KUBE_SCORE=v1.20.0
tools="$PWD/.cache/deploy-tools"
mkdir -p "$tools"
export PATH="$tools/venv/bin:$tools/bin:$tools/debian/usr/bin:$PATH"
passed=0 failed=0 skipped=0

check() {
  local title=$1
  shift
  local output
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok      $title"
  else
    failed=$((failed + 1))
    echo "FAILED  $title"
    sed 's/^/        /' <<<"$output"
  fi
}

skip() {
  skipped=$((skipped + 1))
  echo "skipped $1: $2"
}

has() { command -v "$1" >/dev/null; }

install_python_tools() {
  [ -e "$tools/venv/.done" ] && cmp -s deploy/tools.txt "$tools/venv/.done" && return
  python3 -m venv "$tools/venv" && pip_quietly install --requirement deploy/tools.txt && cp deploy/tools.txt "$tools/venv/.done"
}
pip_quietly() { timeout 300 "$tools/venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

install_kube_score() {
  [ -x "$tools/bin/kube-score" ] || GOFLAGS=-p=1 GOBIN="$tools/bin" timeout 600 nice go install "github.com/zegl/kube-score/cmd/kube-score@$KUBE_SCORE"
}

# The package brings a web UI with its dependencies: only its program is taken.
install_promtool() {
  has promtool && return
  mkdir -p "$tools/download"
  (cd "$tools/download" && timeout 120 apt-get download prometheus && dpkg --extract prometheus_*.deb "$tools/debian")
}

quietly() { "$@" >"$tools/install.log" 2>&1; }

quietly install_python_tools || echo "        the tools of deploy/tools.txt can't be installed: $(tail -1 "$tools/install.log")"
quietly install_kube_score || true
quietly install_promtool || true

if has hadolint; then check 'hadolint deploy/Dockerfile' hadolint deploy/Dockerfile
else skip hadolint 'not there'; fi

if has docker-compose; then
  for profile in '' sandbox monitoring codec tools; do
    check "compose config, profile ${profile:-(none)}" env POSTGRES_PASSWORD=check docker-compose --file deploy/compose.yaml --profile "$profile" config --quiet
  done
  refuses_without_password() { ! env -u POSTGRES_PASSWORD docker-compose --env-file /dev/null --file deploy/compose.yaml config --quiet; }
  check 'compose refuses to start without a password' refuses_without_password
else skip 'compose config' 'not there'; fi

# What the API server itself would refuse, and what a cautious operator would.
ignored='pod-probes-identical,container-image-pull-policy,pod-networkpolicy'
for folder in deploy/kubernetes/base deploy/kubernetes/overlays/*/; do
  name=$(basename "$folder")
  manifest="$tools/$name.yaml"
  if ! has kubectl; then
    skip "kustomize $name" 'kubectl is not there'
    continue
  fi
  build() { kubectl kustomize "$folder" >"$manifest"; }
  check "kustomize $name" build
  if has kubernetes-validate; then check "schemas of Kubernetes $KUBERNETES, strict: $name" kubernetes-validate --strict --kubernetes-version "$KUBERNETES" "$manifest"
  else skip "schemas: $name" 'kubernetes-validate is not there'; fi
  if has kube-score; then check "kube-score $name" kube-score score --ignore-test "$ignored" "$manifest"
  else skip "kube-score $name" 'not there, and no Go to build it'; fi
done

if has promtool; then
  check 'promtool check rules' promtool check rules deploy/alerts.rules.yml
  check 'promtool test rules' promtool test rules test/unit/metrics/alerts.rules.test.yml
  [ ! -e deploy/monitoring/prometheus.yaml ] || check 'promtool check config' promtool check config --syntax-only deploy/monitoring/prometheus.yaml
else skip promtool 'not there'; fi

if has systemd-analyze && [ -e deploy/systemd/seatgeek-halo-worker.service ]; then
  check 'systemd-analyze verify' systemd-analyze verify --man=no deploy/systemd/seatgeek-halo-worker.service
else skip 'systemd unit' 'systemd-analyze is not there'; fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
