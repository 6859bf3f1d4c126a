# shellcheck shell=bash
# What every command shares: where things lie, how it speaks, how it shows that it is at work.
# Sourced, never run. Nothing here starts a part of the system.
#
# ENCOURS_RUN_DIR moves the run's own data (default .run in the checkout), so that two runs can
# stand side by side with two values of ENCOURS_PORT_BASE.
set -euo pipefail

ENCOURS_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ENCOURS_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/encours
RUN_DIR=${ENCOURS_RUN_DIR:-$ENCOURS_ROOT/.run}

say() { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# fail WHAT [WHAT TO DO]: ends the command with status 1.
fail() {
  printf 'error: %s\n' "$1" >&2
  if [[ $# -gt 1 ]]; then printf '       %s\n' "${@:2}" >&2; fi
  exit 1
}

# usage FILE: the comment at the top of a command is its help text.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# make_run_dir: the mark in it is what deploy/reset looks for before it deletes anything.
make_run_dir() {
  mkdir -p "$RUN_DIR"/{config,data,logs,pids,secrets}
  chmod 700 "$RUN_DIR/secrets"
  say "Data of a local run of Encours." > "$RUN_DIR/.encours"
}

now_ms() { local t=${EPOCHREALTIME//[.,]/}; printf '%s' "${t%???}"; }

# seconds_since START_MS: "3.4" for people.
seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}

# step LABEL COMMAND...: runs COMMAND with its output in a log file. After two seconds a line says
# how long it has been and what it said last; a failure shows the end of the log. COMMAND runs in
# a process group of its own, so that Ctrl-C here can end all of it.
STEP_PID=
step() {
  local label=$1 log started status=0
  shift
  mkdir -p "$RUN_DIR/logs"
  log=$RUN_DIR/logs/step-${label//[^a-zA-Z0-9]/-}.log
  started=$(now_ms)
  set -m
  ("$@") > "$log" 2>&1 < /dev/null &
  STEP_PID=$!
  set +m
  step_progress "$label" "$log" "$started"
  wait "$STEP_PID" || status=$?
  STEP_PID=
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
  if [[ $status -ne 0 ]]; then
    say "$label: failed after $(seconds_since "$started") s" >&2
    tail -n 30 "$log" >&2
    fail "$label failed (status $status)" "The whole log: $log"
  fi
  say "$label: done in $(seconds_since "$started") s"
}

# step_progress LABEL LOG START_MS: a terminal gets one line that changes, a file a line each 15 s.
step_progress() {
  local label=$1 log=$2 started=$3 every_ms=15000 next_ms=2000 elapsed_ms last
  if [[ -t 1 ]]; then every_ms=500; fi
  while kill -0 "$STEP_PID" 2> /dev/null; do
    elapsed_ms=$(($(now_ms) - started))
    if [[ $elapsed_ms -ge $next_ms ]]; then
      next_ms=$((elapsed_ms + every_ms))
      last=$(step_last_line "$log")
      if [[ -t 1 ]]; then printf '\r\033[K'; fi
      printf '%s ... %d s  %s' "$label" $((elapsed_ms / 1000)) "$last"
      if [[ ! -t 1 ]]; then printf '\n'; fi
    fi
    sleep 0.1
  done
}

# step_last_line LOG: without colours, cut to what fits.
step_last_line() {
  tail -c 400 "$1" | tr '\r' '\n' | sed 's/\x1b\[[0-9;]*[a-zA-Z]//g' | grep -v '^ *$' |
    tail -n 1 | cut -c 1-70 || true
}

# step_interrupt: ends the command that step is waiting for; for the traps of the commands.
step_interrupt() {
  if [[ -n $STEP_PID ]]; then kill -TERM -- "-$STEP_PID" 2> /dev/null || true; fi
  STEP_PID=
}

# wait_until SECONDS LABEL COMMAND...: polls COMMAND; 0 once it succeeds, 1 when time is up. A line
# each ten seconds says that it still waits.
wait_until() {
  local limit=$1 label=$2 started next_ms=2000 elapsed_ms
  shift 2
  started=$(now_ms)
  until "$@"; do
    elapsed_ms=$(($(now_ms) - started))
    if [[ $elapsed_ms -ge $((limit * 1000)) ]]; then return 1; fi
    if [[ $elapsed_ms -ge $next_ms ]]; then
      next_ms=$((elapsed_ms + 10000))
      say "waiting for $label ... $((elapsed_ms / 1000)) s"
    fi
    sleep 0.1
  done
}

# port_open HOST PORT: does something listen there.
port_open() { (exec 3<> "/dev/tcp/$1/$2") 2> /dev/null; }

# http_get HOST PORT PATH: the answer with its headers, or status 1. Only for /metrics and health
# on the loopback: it asks for no keep-alive and reads to the end.
http_get() {
  local request=$'GET '$3$' HTTP/1.0\r\nHost: '$1$'\r\n\r'
  (
    exec 3<> "/dev/tcp/$1/$2"
    # cat makes one write of it: a server that answers after its first read would otherwise reset
    # the connection under the rest.
    cat <<< "$request" >&3
    timeout 5 cat <&3
  ) 2> /dev/null
}

# jobs_count: compilers at once, by cores and by free memory (a large C++ file takes 1 GiB).
jobs_count() {
  local cores gib
  cores=$(nproc)
  gib=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
  if [[ $gib -lt 1 ]]; then gib=1; fi
  if [[ $cores -lt $gib ]]; then say "$cores"; else say "$gib"; fi
}
