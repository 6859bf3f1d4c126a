# shellcheck shell=bash
# A real Apache Kafka on the loopback: KRaft, one node that is broker and controller, its jars
# from Maven Central. Used by deploy/run and by tests/run, each with a data folder of its own.
#
# KAFKA_VERSION chooses the version (4.3.1; 3.9.2 is tried too). Data written by one version is
# not opened by an older one: deploy/reset between them.
#
# KAFKA_BEHIND is for tests that put a proxy between clients and broker: a second listener, on the
# second port after the broker's, tells its clients that port as its address, so that they stay
# behind the proxy there. KAFKA_BEHIND_MARKS=1: the broker sends itself the marks of transactions
# that way too.

KAFKA_VERSION=${KAFKA_VERSION:-4.3.1}
KAFKA_HEAP=${KAFKA_HEAP:-512m}
KAFKA_LIBS=$ENCOURS_CACHE/kafka-$KAFKA_VERSION
MAVEN_COPY=org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies

# kafka_install: the jars into the cache. The mark file is written last, so that a broken
# download is begun again.
kafka_install() {
  if [[ -f $KAFKA_LIBS/.complete ]]; then return; fi
  step "fetch Kafka $KAFKA_VERSION" kafka_fetch
}

kafka_fetch() {
  local work
  work=$(mktemp -d)
  kafka_pom > "$work/pom.xml"
  (cd "$work" && mvn -B -ntp "$MAVEN_COPY" -DincludeScope=runtime -DoutputDirectory=libs)
  # One logging back end only, and one that writes to the standard error.
  rm -f "$work"/libs/{slf4j-reload4j,log4j-slf4j-impl,log4j-slf4j2-impl}-*.jar
  mkdir -p "$ENCOURS_CACHE"
  rm -rf "$KAFKA_LIBS"
  cp -r "$work/libs" "$KAFKA_LIBS"
  touch "$KAFKA_LIBS/.complete"
  rm -rf "$work"
}

kafka_pom() {
  cat << POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local.encours</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$KAFKA_VERSION</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
POM
}

# kafka_settings DIR PORT: server.properties. The controller listens on PORT + 1. What a test has
# put into DIR/extra.properties stands last, and the last line of a name counts.
kafka_settings() {
  local dir=$1 port=$2 listener='' advertised='' protocol='' own=PLAINTEXT
  if [[ -n ${KAFKA_BEHIND:-} ]]; then
    listener=,BEHIND://127.0.0.1:$((port + 2))
    advertised=,BEHIND://127.0.0.1:$KAFKA_BEHIND
    protocol=,BEHIND:PLAINTEXT
    if [[ -n ${KAFKA_BEHIND_MARKS:-} ]]; then own=BEHIND; fi
  fi
  cat << P
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))$listener
advertised.listeners=PLAINTEXT://127.0.0.1:$port$advertised
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT$protocol
inter.broker.listener.name=$own
log.dirs=$dir/logs
num.partitions=8
# Topics are data beside the protos; a name with a slip of the pen must fail, not appear.
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
# A dead producer's open transaction holds back all readers of its partitions; the default looks
# for one every 10 s only.
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# A machine that was off for a month must find its groups where they stood.
offsets.retention.minutes=5256000
# Facts of an import may be years old, and those of a tenant in events mode may lie ahead: the
# broker neither deletes nor refuses a record for its time unless its topic says so.
log.retention.ms=-1
log.message.timestamp.after.max.ms=9223372036854775807
log.segment.bytes=134217728
log.index.size.max.bytes=1048576
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
P
  case $KAFKA_VERSION in
    4.*) say "share.coordinator.state.topic.replication.factor=1"
      say "share.coordinator.state.topic.min.isr=1"
      say "share.coordinator.state.topic.num.partitions=1" ;;
  esac
  if [[ -f $dir/extra.properties ]]; then cat "$dir/extra.properties"; fi
}

kafka_class_path() {
  local jars=("$KAFKA_LIBS"/*.jar)
  local IFS=:
  say "${jars[*]}"
}

kafka_java() { say "${JAVA_HOME:+$JAVA_HOME/bin/}java"; }

# kafka_format DIR: a new data folder gets its cluster id. An id must not begin with a dash, which
# the tool would read as an option.
kafka_format() {
  local dir=$1 id
  if [[ -f $dir/logs/meta.properties ]]; then return; fi
  id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'Aa' | cut -c 1-22)
  # One of several nodes of a test.
  if [[ -f $dir/cluster-id ]]; then id=$(cat "$dir/cluster-id"); fi
  "$(kafka_java)" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$(kafka_class_path)" \
    kafka.tools.StorageTool format -t "$id" -c "$dir/server.properties"
}

# kafka_check_version DIR: a folder written by a later version can't be read.
kafka_check_version() {
  local dir=$1 before=$KAFKA_VERSION
  if [[ -f $dir/version ]]; then before=$(cat "$dir/version"); fi
  if [[ $(printf '%s\n' "$before" "$KAFKA_VERSION" | sort -V | tail -n 1) != "$KAFKA_VERSION" ]]
  then
    fail "the data in $dir was written by Kafka $before, and KAFKA_VERSION is $KAFKA_VERSION." \
      "deploy/reset deletes it; without KAFKA_VERSION the newer one runs."
  fi
  say "$KAFKA_VERSION" > "$dir/version"
}

# kafka_start NAME DIR PORT: returns when the broker serves. The first start of a version also
# writes a class-data archive at its end, which halves the later starts.
kafka_start() {
  local name=$1 dir=$2 port=$3 archive archive_option
  mkdir -p "$dir"
  if process_alive "$name"; then return; fi
  if port_open 127.0.0.1 "$port" || port_open 127.0.0.1 $((port + 1)); then
    fail "port $port or $((port + 1)) is taken, so Kafka can't start." \
      "ENCOURS_PORT_BASE moves all ports; KAFKA_BOOTSTRAP_SERVERS takes a cluster that is there."
  fi
  kafka_check_version "$dir"
  kafka_settings "$dir" "$port" > "$dir/server.properties"
  kafka_format "$dir" > "$dir/format.log" 2>&1 ||
    fail "Kafka's data folder could not be made." "$(tail -n 5 "$dir/format.log")"
  archive=$KAFKA_LIBS/broker.jsa
  # The archive is moved into place by kafka_stop: two first runs at once must not mix theirs.
  archive_option=-XX:ArchiveClassesAtExit=$dir/broker.jsa
  if [[ -f $archive ]]; then archive_option=-XX:SharedArchiveFile=$archive; fi
  process_start "$name" "$(kafka_java)" -Xms128m "-Xmx$KAFKA_HEAP" -XX:+UseSerialGC \
    -Xshare:auto "$archive_option" \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info \
    -Dorg.slf4j.simpleLogger.showDateTime=true \
    -Dlog4j2.level=warn -cp "$(kafka_class_path)" kafka.Kafka "$dir/server.properties"
  wait_until 90 "Kafka" kafka_settled "$name" || fail "Kafka did not answer within 90 s." \
    "Its log: $RUN_DIR/logs/$name.log"
  process_alive "$name" || fail "Kafka stopped at once." \
    "Its log: $RUN_DIR/logs/$name.log" "$(tail -n 5 "$RUN_DIR/logs/$name.log")"
}

kafka_serves() { grep -q 'Kafka Server started' "$RUN_DIR/logs/$1.log" 2> /dev/null; }
kafka_settled() { kafka_serves "$1" || ! process_alive "$1"; }

# kafka_stop NAME DIR
kafka_stop() {
  local name=$1 dir=$2
  process_stop "$name" 40
  if [[ -s $dir/broker.jsa && ! -f $KAFKA_LIBS/broker.jsa ]]; then
    mv "$dir/broker.jsa" "$KAFKA_LIBS/broker.jsa"
  fi
}
