# shellcheck shell=bash
# The parts of the system, in the order in which they start; they stop in the reverse order. This
# list and the ports beside it are the only place that names them: a new service is one line.
#
# A service NAME is the program build/release/bin/NAME of the folder services/NAME (with _ for -).
# Instance I of it listens on base + offset + I - 1 for gRPC and 50 higher for /metrics.
PORT_BASE=${ENCOURS_PORT_BASE:-17000}

# name:port offset
SERVICES=(
  ingestion:100
  portfolio:200
  alerting:300
  risk-enrichment:400
  scoring:500
  dunning:600
)
# The gateway has 0, Kafka 92, its controller 93, what stands for the outside 700 to 799
# (outside.sh). Kept for what comes: Prometheus and Alertmanager 900 to 999.
KAFKA_PORT=$((PORT_BASE + 92))

PARTITIONS=8
PRESET=release
BIN=$ENCOURS_ROOT/build/$PRESET/bin

service_names() { printf '%s\n' "${SERVICES[@]%%:*}"; }
service_folder() { say "services/${1//-/_}"; }

# service_instances NAME: 1, or what ENCOURS_INSTANCES_<name> says (with _ for -).
service_instances() {
  local variable=ENCOURS_INSTANCES_${1//-/_} count
  count=${!variable:-1}
  [[ $count =~ ^[1-9]$ ]] || fail "$variable is '$count': it must be a number from 1 to 9."
  say "$count"
}

# service_parts: ingestion-1, ingestion-2, portfolio-1, ...
service_parts() {
  local name i count
  while read -r name; do
    count=$(service_instances "$name")
    for ((i = 1; i <= count; i++)); do say "$name-$i"; done
  done < <(service_names)
}

# The gateway is one process, on the base itself; its statistics are 50 higher.
part_service() { say "${1%-*}"; }
part_instance() { say "${1##*-}"; }

# part_port PART: its gRPC port.
part_port() {
  local entry
  if [[ $1 == gateway ]]; then say "$PORT_BASE"; return; fi
  if is_outside "$1"; then outside_port "$1"; return; fi
  for entry in "${SERVICES[@]}"; do
    if [[ ${entry%%:*} == "${1%-*}" ]]; then
      say $((PORT_BASE + ${entry##*:} + ${1##*-} - 1))
      return
    fi
  done
  fail "no service is named '${1%-*}'"
}
part_metrics_port() { say $(($(part_port "$1") + 50)); }
