# shellcheck shell=bash
# What deploy/run leaves behind for the other commands: the lock, the parts that it started, and
# the table that says how they are.

# run_lock: one command at a time changes a run. The descriptor is 9 everywhere; process_start
# closes it, so that a service never holds the lock.
run_lock() {
  exec 9> "$RUN_DIR/.lock"
  flock -w 1 9 || fail "another deploy command is at work in $RUN_DIR; try again when it is done."
}
run_unlock() { exec 9>&-; }

# run_remember PART...: in starting order; and where they are, so that the other commands need no
# environment.
run_remember() {
  printf '%s\n' "$@" > "$RUN_DIR/parts"
  run_place > "$RUN_DIR/place"
}

run_place() { say "$PORT_BASE ${KAFKA_BOOTSTRAP_SERVERS:-}"; }

# run_recall: takes the ports and the cluster of the last start.
run_recall() {
  if [[ ! -f $RUN_DIR/place ]]; then return; fi
  read -r PORT_BASE KAFKA_BOOTSTRAP_SERVERS < "$RUN_DIR/place"
  KAFKA_PORT=$((PORT_BASE + 92))
}

# run_parts: the parts of the last start, and any other part that has a pid file.
run_parts() {
  local file name
  if [[ -f $RUN_DIR/parts ]]; then cat "$RUN_DIR/parts"; fi
  for file in "$RUN_DIR"/pids/*.pid; do
    [[ -e $file ]] || continue
    name=$(basename "$file" .pid)
    if ! grep -qxF "$name" "$RUN_DIR/parts" 2> /dev/null; then say "$name"; fi
  done
}

# run_stop: services first, the last one started first; Kafka at the end.
run_stop() {
  local part
  while read -r part; do
    if [[ $part != kafka ]]; then process_stop "$part"; fi
  done < <(run_parts | tac)
  kafka_stop kafka "$RUN_DIR/kafka"
}

# run_any_alive: is at least one part running.
run_any_alive() {
  local part
  while read -r part; do
    if process_alive "$part"; then return 0; fi
  done < <(run_parts)
  return 1
}

part_state() {
  local part=$1
  if ! process_alive "$part"; then
    say "stopped"
  elif [[ $part == kafka ]]; then
    if kafka_serves kafka; then say "ready"; else say "starting"; fi
  elif is_outside "$part"; then
    if outside_ready "$part"; then say "ready"; else say "starting"; fi
  elif [[ $part == gateway ]]; then
    if gateway_ready; then say "ready"; else say "starting"; fi
  elif service_ready "$part"; then
    say "ready"
  else
    say "starting"
  fi
}

# status_table: a line per part. Status 1 when one of them is not ready.
status_table() {
  local part state pid port all_ready=0
  printf '%-20s %-9s %8s %6s %8s %8s  %s\n' part state pid port up_s mem_mib log
  if [[ -n ${KAFKA_BOOTSTRAP_SERVERS:-} ]]; then
    printf '%-20s %-9s %8s\n' kafka external "$KAFKA_BOOTSTRAP_SERVERS"
  fi
  while read -r part; do
    state=$(part_state "$part")
    pid=$(process_pid "$part" || say -)
    port=$KAFKA_PORT
    if [[ $part != kafka ]]; then port=$(part_port "$part"); fi
    if [[ $state != ready ]]; then all_ready=1; fi
    printf '%-20s %-9s %8s %6s %8s %8s  %s\n' "$part" "$state" "$pid" "$port" \
      "$(process_age "$pid" || say -)" "$(process_memory_mib "$pid" || say -)" \
      "${RUN_DIR#"$PWD"/}/logs/$part.log"
  done < <(run_parts)
  return "$all_ready"
}

# ctl_has_status: does this build's encoursctl tell ticks and imports.
ctl_has_status() {
  [[ -x $BIN/encoursctl ]] && "$BIN/encoursctl" --help 2> /dev/null | grep -qE '^ +status\b'
}
