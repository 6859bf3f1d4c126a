#!/usr/bin/env bash
# bare_root.sh [--keep] [--once] [--suite bookworm|trixie] [COMMAND ...]
#
# Shows that a bare Debian 12 (or 13) is enough: makes one with debootstrap, puts a clean clone of
# this checkout's last commit in it, and types the commands of the README there, cold and then warm.
# The new root gets the settings of this machine's package clients, its certificates and its Java
# trust store, and nothing else. Prints a table of times. Each COMMAND given is run there instead.
#
#   --keep    leave the root for a look (its path is printed)
#   --once    cold only
#   --suite   bookworm (Debian 12, with librdkafka 2.0.2) where it is not said; trixie has 2.8.0
#
# Needs root. ENCOURS_BARE_ROOT is where it works (default /tmp/encours-bare, some 6 GB); the
# downloaded base system is kept there for the next time. Ports are moved by ENCOURS_PORT_BASE
# (27000): the network is that of this machine, processes and mounts are its own and end with it.
set -euo pipefail

REPOSITORY=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
WORK=${ENCOURS_BARE_ROOT:-/tmp/encours-bare}
DATA=${ENCOURS_DATA:-$REPOSITORY/../shared/data}
ROOT=$WORK/root
PORTS=${ENCOURS_PORT_BASE:-27000}
KEEP=0
ROUNDS="cold warm"
SUITE=bookworm
DEFAULT_COMMANDS=(
  "tests/run"
  "deploy/run --detach --no-sample --clock events"
  "deploy/status"
  "deploy/stop"
)

say() { printf '%s\n' "$*"; }

this_suite() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# mirror: where this machine gets Debian from.
mirror() {
  local found
  found=$(grep -rhsoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list \
    /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources | head -n 1)
  say "${found:-http://deb.debian.org/debian}"
}

# debootstrap_quietly ARGUMENTS...: what it says is shown where it fails.
debootstrap_quietly() {
  debootstrap --variant=minbase "$@" >> "$WORK/debootstrap.log" 2>&1 ||
    { tail "$WORK/debootstrap.log" >&2; exit 1; }
}

make_root() {
  local tarball=$WORK/$SUITE.tar
  rm -rf "${ROOT:?}"
  mkdir -p "$WORK"
  if [[ ! -f $tarball ]]; then
    say "downloading the base system"
    debootstrap_quietly --make-tarball="$tarball.new" "$SUITE" "$WORK/download" "$(mirror)"
    mv "$tarball.new" "$tarball"
  fi
  say "unpacking it"
  debootstrap_quietly --unpack-tarball="$tarball" "$SUITE" "$ROOT" "$(mirror)"
}

# copy PATH: the same place in the new root, when this machine has it.
copy() {
  if [[ ! -e $1 ]]; then return; fi
  mkdir -p "$ROOT$(dirname "$1")"
  rm -rf "${ROOT:?}$1"
  cp -rL "$1" "$ROOT$1"
}

copy_settings() {
  local file
  rm "$ROOT/etc/apt/sources.list" # What debootstrap put there; this machine's take its place.
  for file in /etc/apt/{sources.list,sources.list.d,keyrings,trusted.gpg.d,preferences.d} \
    /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/maven/settings.xml /root/.m2/settings.xml \
    /usr/local/share/ca-certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/java; do
    copy "$file"
  done
  # Where this machine gets its own release from, the other one is too.
  find "$ROOT/etc/apt" -name '*.list' -o -name '*.sources' |
    xargs -r sed -i "s/\b$(this_suite)\b/$SUITE/g"
  # Settings, but no hooks: those call programs that a bare root doesn't have.
  for file in /etc/apt/apt.conf.d/*; do
    if ! grep -q 'Invoke\|Pre-Install-Pkgs' "$file"; then copy "$file"; fi
  done
}

copy_checkout() {
  git clone --quiet --no-hardlinks "file://$REPOSITORY" "$ROOT/root/encours"
  if [[ -d $DATA ]]; then mkdir -p "$ROOT/root/shared/data"; fi
}

# environment: a login of root, and what tells package clients where certificates and proxies are.
environment() {
  say "HOME=/root"
  say "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  say "LANG=C.UTF-8"
  say "ENCOURS_PORT_BASE=$PORTS"
  env | grep -E '^([a-zA-Z]+_(proxy|PROXY)|SSL_CERT_(FILE|DIR)|[A-Z_]*CA_(BUNDLE|CERTS))=' || true
}

# What runs in the new root: each command, cold and then warm, with its status and its seconds.
# One shell runs all of them, so what deploy/run --detach starts lives until the end.
# shellcheck disable=SC2016
INSIDE='
  cd /root/encours
  failed=0 rounds=$1
  shift
  for round in $rounds; do
    for command in "$@"; do
      echo "--- $round: $command"
      begin=$SECONDS code=0
      bash -c "$command" || code=$?
      printf "%-5s %6d s  status %d  %s\n" $round $((SECONDS - begin)) $code "$command" >> /times
      if [ $code -ne 0 ]; then failed=1; fi
    done
  done
  exit $failed'

# inside COMMAND...: in mount and process namespaces of its own, so that nothing outlives them.
inside() {
  local variables
  mapfile -t variables < <(environment)
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    root=$1 data=$2
    shift 2
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    if [[ -d $data ]]; then
      mount --bind "$data" "$root/root/shared/data"
      mount -o remount,bind,ro "$root/root/shared/data"
    fi
    exec chroot "$root" env -i "$@"' \
    _ "$ROOT" "$DATA" "${variables[@]}" bash -c "$INSIDE" _ "$ROUNDS" "$@" < /dev/null
}

COMMANDS=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --keep) KEEP=1 ;;
    --once) ROUNDS=cold ;;
    --suite)
      SUITE=${2:?a release of Debian}
      shift ;;
    -*) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
    *) COMMANDS+=("$1") ;;
  esac
  shift
done
if [[ ${#COMMANDS[@]} -eq 0 ]]; then COMMANDS=("${DEFAULT_COMMANDS[@]}"); fi
if [[ $EUID -ne 0 ]]; then say "bare_root.sh needs root: debootstrap and chroot do" >&2; exit 1; fi

make_root
copy_settings
copy_checkout
status=0
inside "${COMMANDS[@]}" || status=$?
say "--- times in a bare Debian $(cat "$ROOT/etc/debian_version")"
cat "$ROOT/times"
if [[ $KEEP -eq 1 ]]; then say "the root is left in $ROOT"; else rm -rf "${ROOT:?}"; fi
exit "$status"
