# Shared by the scripts of this folder: where things are, and how they speak.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools="$root/.tools"
say() { printf '· %s\n' "$*" >&2; }
fail() { printf '✗ %s\n' "$*" >&2; exit 1; }

# Runs a command as root, or with sudo where that asks for no password.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"; else return 1; fi
}

# The wasm-opt to use: one on the PATH that is new enough, else the one of the npm package, which setup fetches.
wasm_opt() {
  local version
  version=$(wasm-opt --version 2>/dev/null | awk '{print $3 + 0}')
  if [ "${version:-0}" -ge 116 ]; then command -v wasm-opt; else echo "$tools/npm/node_modules/.bin/wasm-opt"; fi
}
