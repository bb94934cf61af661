#!/bin/sh
# Draws the secrets of docker-compose.yml into ops/docker/secrets: sh ops/docker/draw-secrets.sh
# What is there already stays. Only who owns the folder gets into it; inside containers each file is read by its own user.
set -eu
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
chmod 700 "$folder"
for name in coordinator-password worker-password token; do
  [ -e "$folder/$name" ] && continue
  # A letter first: NATS reads a password that begins with a digit as a number.
  printf 'a%s\n' "$(head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 40)" >"$folder/$name"
  chmod 444 "$folder/$name"
done
