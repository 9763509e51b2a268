#!/bin/sh
# Makes the namespace with its search attributes, and ends when Temporal knows them: workers may start then. May run any number of times. Needs
# the Temporal CLI and TEMPORAL_ADDRESS; TEMPORAL_NAMESPACE (default) and RETENTION (24h) may be given.
#
# A connection leaves one closed run per cycle, 96 a day. Nothing of it is needed once it is closed: a day is enough to look back.
set -eu
namespace="${TEMPORAL_NAMESPACE:-default}"
attributes='SeatGeekConnection=Keyword HaloInstance=Keyword ConnectionPhase=Keyword LastSyncedAt=Datetime RejectedUsers=Int'

# The last complaint is shown when the time is up.
try_for_two_minutes() {
  left=60
  until answer=$("$@" 2>&1); do
    left=$((left - 1))
    if [ "$left" = 0 ]; then
      echo "$answer" >&2
      exit 1
    fi
    sleep 2
  done
}

try_for_two_minutes temporal operator cluster health
temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention "${RETENTION:-24h}"
# Temporal sees a new namespace after some seconds.
try_for_two_minutes temporal operator search-attribute list --namespace "$namespace"
known=$answer

for attribute in $attributes; do
  name="${attribute%=*}"
  echo "$known" | grep -qw "$name" ||
    temporal operator search-attribute create --namespace "$namespace" --name "$name" --type "${attribute#*=}"
done
for attribute in $attributes; do
  try_for_two_minutes temporal workflow count --namespace "$namespace" --query "${attribute%=*} IS NULL"
done
echo "namespace $namespace has the search attributes"
