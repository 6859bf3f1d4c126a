# shellcheck shell=bash
# The Debian packages that the build, the broker and the tests need, and how they get installed.
# A package that is already there costs nothing: the list is checked by one dpkg-query.

# What has another name from one release of Debian to the next.
debian_release() { sed -n 's/^VERSION_ID="\{0,1\}\([0-9]*\).*/\1/p' /etc/os-release 2> /dev/null; }
if [[ $(debian_release) -ge 13 ]]; then
  PACKAGE_TCMALLOC=libtcmalloc-minimal4t64
  PACKAGE_JAVA=openjdk-21-jre-headless
  PACKAGE_SANITIZERS=libclang-rt-19-dev
  PACKAGE_PROMTOOL=promtool
else
  PACKAGE_TCMALLOC=libtcmalloc-minimal4
  PACKAGE_JAVA=openjdk-17-jre-headless
  PACKAGE_SANITIZERS=libclang-rt-14-dev
  PACKAGE_PROMTOOL=prometheus
fi
PACKAGES_BUILD=(
  g++ cmake ninja-build ccache mold pkg-config
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  librocksdb-dev librdkafka-dev prometheus-cpp-dev libspdlog-dev libfmt-dev libabsl-dev
  "$PACKAGE_TCMALLOC"
  libyaml-cpp-dev libssl-dev libcurl4-openssl-dev libkainjow-mustache-dev
  nlohmann-json3-dev libcli11-dev
  libgtest-dev libgmock-dev librapidcheck-dev
)
PACKAGES_KAFKA=("$PACKAGE_JAVA" maven)
PACKAGES_RUN=(openssl python3 python3-venv) # The last two fetch and set up the gateway.
PACKAGES_TEST=(python3 python3-venv openssl pyflakes3)
PACKAGES_CHART=(binutils curl iproute2) # Networks for pods, and probes as the kubelet's.
PACKAGES_E2E=(chromium fonts-dejavu-core)
PACKAGES_BENCH=(python3-aiosmtpd)
PACKAGES_FUZZ=(clang "$PACKAGE_SANITIZERS")
PACKAGES_LINT=(clang-format clang-tidy)
PACKAGES_BARE_ROOT=(debootstrap git)

# packages_missing NAME...: those not installed, one a line.
packages_missing() {
  local installed name
  installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${binary:Package}\n' 2> /dev/null |
    awk '$1 == "ii" {sub(/:.*/, "", $2); print $2}')
  for name in "$@"; do
    if ! grep -qxF "$name" <<< "$installed"; then say "$name"; fi
  done
}

# packages_as_root COMMAND...: sudo only where it is needed.
packages_as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

# packages_get NAME...: one try with fresh lists. No recommended packages, and no daemon is
# started by an installation (RUNLEVEL=1 is what invoke-rc.d looks at). Settings that were there
# before a package stay as they are: nobody could answer its question here.
packages_get() {
  local apt=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -y
    -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  packages_as_root "${apt[@]}" update
  packages_as_root "${apt[@]}" install --no-install-recommends "$@"
}

# packages_install NAME...: makes sure that all are there, or ends with what to type.
packages_install() {
  local missing
  if ! command -v dpkg-query > /dev/null; then
    fail "this machine has no dpkg: the set-up knows Debian 12 and 13 only." \
      "Install what matches these Debian packages, then build by hand: $*"
  fi
  mapfile -t missing < <(packages_missing "$@" | sort -u)
  if [[ ${#missing[@]} -eq 0 ]]; then return; fi
  say "missing packages (${#missing[@]}): ${missing[*]}"
  if [[ $EUID -ne 0 ]]; then
    # The password is asked for here, in the foreground: the step below has no terminal.
    if ! command -v sudo > /dev/null || ! sudo -v; then
      fail "packages are missing, and installing them needs root." \
        "As root: apt-get install --no-install-recommends ${missing[*]}"
    fi
  fi
  step "install packages" packages_get "${missing[@]}"
}

# packages_tool PACKAGE PATH: one program out of a package, without installing it: some packages
# (prometheus, where promtool is part of it) would start a daemon. It lies in the cache under its
# own name.
packages_tool() {
  local package=$1 path=$2 target
  target=$ENCOURS_CACHE/tools/$(basename "$path")
  if command -v "$(basename "$path")" > /dev/null || [[ -x $target ]]; then return; fi
  step "fetch $(basename "$path")" packages_extract "$package" "$path" "$target"
}

packages_extract() {
  local package=$1 path=$2 target=$3 work
  work=$(mktemp -d)
  cd "$work" || return 1
  # A first try with the lists that are there; a machine that has none gets them.
  apt-get download -q "$package" || { packages_as_root apt-get -q update &&
    apt-get download -q "$package"; }
  dpkg -x "$package"_*.deb tree
  mkdir -p "$(dirname "$target")"
  cp "tree/$path" "$target.new"
  mv "$target.new" "$target"
  rm -rf "$work"
}
