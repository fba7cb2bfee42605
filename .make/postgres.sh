# A throw-away PostgreSQL for scripts: started in the temporary folder, stopped when the script ends.

postgres_bin() {
  local found
  found=$(command -v initdb || true)
  if [ -n "$found" ]; then dirname "$(readlink -f "$found")"; return; fi
  ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -V | tail -n 1
}

# Runs a program of PostgreSQL as an account that may (never root).
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    local account=postgres
    id postgres >/dev/null 2>&1 || account=nobody
    (cd / && setpriv --reuid="$account" --regid="$(id -g "$account")" --clear-groups "$@")
  else
    "$@"
  fi
}

# Starts a cluster without durability and a database; sets scratch_url and stops everything at exit.
with_scratch_database() {
  local bin name=$1
  bin=$(postgres_bin)
  [ -n "$bin" ] || fail "PostgreSQL (initdb, postgres) is not installed"
  scratch_folder=$(mktemp -d /tmp/market-scratch.XXXXXX)
  if [ "$(id -u)" = 0 ]; then
    chown "$(id -u postgres 2>/dev/null || id -u nobody)" "$scratch_folder"
  fi
  trap 'as_postgres "$(postgres_bin)/pg_ctl" -D "$scratch_folder/data" -m immediate stop >/dev/null 2>&1; rm -rf "$scratch_folder"' EXIT
  as_postgres "$bin/initdb" -D "$scratch_folder/data" --username=market --auth=trust --encoding=UTF8 --no-locale >/dev/null
  as_postgres "$bin/pg_ctl" -D "$scratch_folder/data" -w -l "$scratch_folder/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$scratch_folder' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" start >/dev/null
  as_postgres "$bin/psql" -q -h "$scratch_folder" -U market -d postgres -c "create database $name" >/dev/null
  scratch_name=$name
  scratch_url="postgres://market@localhost/$name?host=$scratch_folder"
}

psql_scratch() {
  as_postgres "$(postgres_bin)/psql" -h "$scratch_folder" -U market -d "$scratch_name" "$@"
}
