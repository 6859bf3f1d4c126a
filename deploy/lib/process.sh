# shellcheck shell=bash
# One process, known by a name: started in a session of its own, found and stopped by its pid file.
#
# A pid file holds the pid and the start time that the kernel gives for it. A pid is reused after
# a while, a pid with the same start time is not: no command here ever signals a stranger.

process_start_time() { # PID: field 22 of stat, counted after the name, which may hold blanks.
  local stat threads
  stat=$(cat "/proc/$1/stat" 2> /dev/null) || return 1
  stat=${stat##*) }
  # The state is the first field here, the third in the manual.
  read -ra stat <<< "$stat"
  # A zombie is gone once its other threads are: until then they hold its ports and locks.
  if [[ ${stat[0]} == Z ]]; then
    threads=("/proc/$1/task/"*)
    if [[ ${#threads[@]} -le 1 ]]; then return 1; fi
  fi
  say "${stat[19]}"
}

process_file() { say "$RUN_DIR/pids/$1.pid"; }

# process_pid NAME: its pid when that process lives, else status 1.
process_pid() {
  local pid started
  read -r pid started 2> /dev/null < "$RUN_DIR/pids/$1.pid" || return 1
  [[ $(process_start_time "$pid") == "$started" ]] || return 1
  say "$pid"
}

process_alive() { process_pid "$1" > /dev/null; }

# process_start NAME COMMAND...: output goes to logs/NAME.log; the log before is kept as .1.
# setsid keeps a Ctrl-C in the terminal from reaching it: the command stops parts in order.
process_start() {
  local name=$1 log pid
  shift
  log=$RUN_DIR/logs/$name.log
  if [[ -f $log ]]; then mv "$log" "$log.1"; fi
  setsid "$@" > "$log" 2>&1 < /dev/null 9>&- &
  pid=$!
  disown "$pid"
  say "$pid $(process_start_time "$pid")" > "$(process_file "$name")"
}

process_gone() { ! process_alive "$1"; }

# process_stop NAME [SECONDS]: SIGTERM, wait, then SIGKILL with a message.
process_stop() {
  local name=$1 limit=${2:-20} pid
  if ! pid=$(process_pid "$name"); then
    rm -f "$(process_file "$name")"
    return
  fi
  kill -TERM "$pid" 2> /dev/null || true
  if ! wait_until "$limit" "$name to stop" process_gone "$name"; then
    warn "$name (pid $pid) did not stop in $limit s: killed. Its log: $RUN_DIR/logs/$name.log"
    kill -KILL "$pid" 2> /dev/null || true
    wait_until 5 "$name to end" process_gone "$name" || warn "pid $pid is still there"
  fi
  rm -f "$(process_file "$name")"
  say "$name: stopped"
}

# process_age PID: seconds since it began.
process_age() {
  local ticks hz uptime
  ticks=$(process_start_time "$1") || return 1
  hz=$(getconf CLK_TCK)
  read -r uptime _ < /proc/uptime
  say $((${uptime%.*} - ticks / hz))
}

# process_memory_mib PID: resident memory.
process_memory_mib() { awk '/^VmRSS/ {print int($2 / 1024)}' "/proc/$1/status" 2> /dev/null; }
