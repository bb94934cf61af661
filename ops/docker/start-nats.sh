#!/bin/sh
# Starts the broker of a container: what ops/nats takes from the environment comes from secrets, which are files.
set -eu
ATOLL_COORDINATOR_PASSWORD=$(cat /run/secrets/coordinator-password)
ATOLL_WORKER_PASSWORD=$(cat /run/secrets/worker-password)
ATOLL_NATS_STORE=/data
export ATOLL_COORDINATOR_PASSWORD ATOLL_WORKER_PASSWORD ATOLL_NATS_STORE
exec nats-server -c /etc/atoll/nats.conf "$@"
