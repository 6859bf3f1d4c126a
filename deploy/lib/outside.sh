# shellcheck shell=bash
# What a local run has in place of the outside: a real mail server (GreenMail) that keeps what it is
# given, and providers of company information (tests/simulators). Nothing of a local run leaves the
# machine.

GREENMAIL=com.icegreen:greenmail-standalone:2.1.3
GREENMAIL_JAR=$ENCOURS_CACHE/tools/greenmail-standalone-2.1.3.jar
MAVEN_FETCH=org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy
OUTSIDE=(mail sirene altares)

# outside_port PART: mail takes three ports (SMTP, IMAP, its API), a simulator one.
outside_port() {
  case $1 in
    mail) say $((PORT_BASE + 700)) ;;
    sirene) say $((PORT_BASE + 710)) ;;
    altares) say $((PORT_BASE + 711)) ;;
  esac
}
mail_api_port() { say $(($(outside_port mail) + 2)); }
is_outside() { [[ " ${OUTSIDE[*]} " == *" $1 "* ]]; }

outside_install() {
  if [[ -f $GREENMAIL_JAR ]]; then return; fi
  step "fetch GreenMail" greenmail_fetch
}

# In one step into its place: a broken download must not look like the jar.
greenmail_fetch() {
  local work
  work=$(mktemp -d)
  (cd "$work" && mvn -B -ntp "$MAVEN_FETCH" -Dartifact="$GREENMAIL" -DoutputDirectory=jars)
  mkdir -p "$(dirname "$GREENMAIL_JAR")"
  mv "$work/jars/$(basename "$GREENMAIL_JAR")" "$GREENMAIL_JAR"
  rm -rf "$work"
}

# It keeps all mails in memory: those of the sample's two years are some 200 MB.
mail_command() {
  local port
  port=$(outside_port mail)
  printf '%s\n' "$(kafka_java)" -Xmx512m -XX:+UseSerialGC \
    -Dgreenmail.smtp.hostname=127.0.0.1 "-Dgreenmail.smtp.port=$port" \
    -Dgreenmail.imap.hostname=127.0.0.1 "-Dgreenmail.imap.port=$((port + 1))" \
    -Dgreenmail.api.hostname=127.0.0.1 "-Dgreenmail.api.port=$((port + 2))" \
    -Dgreenmail.auth.disabled -jar "$GREENMAIL_JAR"
}

# outside_start: those that do not run yet.
outside_start() {
  local part command
  for part in "${OUTSIDE[@]}"; do
    if process_alive "$part"; then continue; fi
    if port_open 127.0.0.1 "$(outside_port "$part")"; then
      fail "port $(outside_port "$part") is taken, so $part can't start." \
        "ENCOURS_PORT_BASE moves all ports."
    fi
    if [[ $part == mail ]]; then
      mapfile -t command < <(mail_command)
    else
      command=(python3 "$ENCOURS_ROOT/tests/simulators/serve.py" "$part" "$(outside_port "$part")")
    fi
    process_start "$part" "${command[@]}"
  done
}

outside_ready() { port_open 127.0.0.1 "$(outside_port "$1")"; }
outside_settled() { outside_ready "$1" || ! process_alive "$1"; }

outside_wait() {
  local part
  for part in "${OUTSIDE[@]}"; do
    wait_until 60 "$part" outside_settled "$part" || fail "$part did not start in 60 s." \
      "Its log: $RUN_DIR/logs/$part.log"
    process_alive "$part" || fail "$part stopped while it started." \
      "Its log: $RUN_DIR/logs/$part.log" "$(tail -n 5 "$RUN_DIR/logs/$part.log")"
  done
}
