# shellcheck shell=bash
# Starting, stopping and asking the services of a local run. Each is one process with one YAML
# file. The keys are those of ServiceConfig (common/service/service_config.h) and of the service's
# own config struct; a service does not start with a key that it doesn't know.

# service_config PART CLOCK: the YAML of one instance.
service_config() {
  local part=$1 clock=$2 address
  address=127.0.0.1:$(part_port "$part")
  cat << Y
# Written by deploy/run; changes here are lost at its next start.
instance: "$(part_instance "$part")"
kafka_bootstrap_servers: "$(bootstrap_servers)"
grpc_listen_address: "$address"
grpc_advertised_address: "$address"
metrics_listen_address: "127.0.0.1:$(part_metrics_port "$part")"
data_dir: "$RUN_DIR/data/$part"
documents_dir: "$RUN_DIR/documents"
jwks_file: "$SECRET_JWKS"
partitions: $PARTITIONS
persons_kek_file: "$SECRET_PERSONS_KEK"
Y
  case $(part_service "$part") in # What only one service has.
    ingestion) say "tenant_clock_mode: $clock" ;;
    dunning) dunning_config ;;
    risk-enrichment) risk_config ;;
  esac
}

# Nothing of a local run leaves the machine: the mail server and the providers are our own.
dunning_config() {
  local url
  url=smtp://127.0.0.1:$(outside_port mail)
  cat << Y
smtp_url: "$url"
smtp_require_tls: false
smtp_simulator_url: "$url"
Y
}

risk_config() {
  local provider
  for provider in sirene altares; do
    cat << Y
$provider:
  url: "http://127.0.0.1:$(outside_port "$provider")"
  secret_file: "$SECRET_PROVIDER"
  simulator_url: "http://127.0.0.1:$(outside_port "$provider")"
Y
  done
}

# bootstrap_servers: the cluster that is there, or the local broker.
bootstrap_servers() { say "${KAFKA_BOOTSTRAP_SERVERS:-127.0.0.1:$KAFKA_PORT}"; }

# service_start PART CLOCK: a running instance stays, unless its settings or its program changed.
service_start() {
  local part=$1 config=$RUN_DIR/config/$1.yaml program pid port
  program=$BIN/$(part_service "$part")
  [[ -x $program ]] || fail "the build made no program $program"
  service_config "$part" "$2" > "$config.new"
  if pid=$(process_pid "$part"); then
    # A program that was built anew is another file, even under the same name.
    if cmp -s "$config" "$config.new" && [[ /proc/$pid/exe -ef $program ]]; then
      rm "$config.new"
      return
    fi
    say "$part: settings or program changed"
    process_stop "$part"
  fi
  mv "$config.new" "$config"
  for port in "$(part_port "$part")" "$(part_metrics_port "$part")"; do
    if port_open 127.0.0.1 "$port"; then
      fail "port $port is taken, so $part can't start." "ENCOURS_PORT_BASE moves all ports."
    fi
  done
  mkdir -p "$RUN_DIR/data/$part" "$RUN_DIR/documents"
  process_start "$part" "$program" --config "$config"
}

# service_ready PART: it says on /metrics that its partitions are restored and running.
service_ready() {
  local answer
  answer=$(http_get 127.0.0.1 "$(part_metrics_port "$1")" /metrics) || return 1
  [[ $answer == "HTTP/1."?" 200"* ]] || return 1
  grep -qE '^encours_ready 1[[:space:]]*$' <<< "$answer"
}

service_settled() { service_ready "$1" || ! process_alive "$1"; }

# service_wait PART: returns when it is ready; ends the command when it stopped or is too slow.
service_wait() {
  local part=$1 log=$RUN_DIR/logs/$1.log
  wait_until "${ENCOURS_READY_SECONDS:-120}" "$part" service_settled "$part" ||
    fail "$part is not ready yet; it still runs." "Its log: $log"
  process_alive "$part" || fail "$part stopped while it started." "Its log: $log" \
    "$(tail -n 5 "$log")"
  say "$part: ready on 127.0.0.1:$(part_port "$part")"
}

# topics_apply: creates what is missing, changes nothing that is there.
topics_apply() {
  step "create topics" "$BIN/encoursctl" topics apply \
    --bootstrap-server "$(bootstrap_servers)" --partitions "$PARTITIONS"
}

# endpoints_write CLOCK: what encoursctl reads when no --server and no --token-file are given.
endpoints_write() {
  local part
  {
    say "# Written by deploy/run: where the local run is."
    say "kafka_bootstrap_servers: \"$(bootstrap_servers)\""
    say "token_file: \"$SECRET_TOKEN\""
    say "tenant_clock_mode: $1"
    say "servers:"
    while read -r part; do
      say "  - {service: $(part_service "$part"), address: \"127.0.0.1:$(part_port "$part")\"}"
    done < <(service_parts)
  } > "$RUN_DIR/endpoints.yaml.new"
  mv "$RUN_DIR/endpoints.yaml.new" "$RUN_DIR/endpoints.yaml"
}
