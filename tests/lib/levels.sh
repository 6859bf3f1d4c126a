# shellcheck shell=bash
# How each level of tests is built and run. A level is a label of ctest; tidy and install are
# scripts. The results lie in a folder per level, where summary.py counts them.

TEST_PRESET=${ENCOURS_PRESET:-dev}
RESULTS=$RUN_DIR/results

wants() { [[ " ${LEVELS[*]} " == *" $1 "* ]]; }

levels_install() {
  local packages=("${PACKAGES_TEST[@]}") level
  for level in "${LEVELS[@]}"; do
    case $level in
      tidy) if [[ $LONG -eq 1 ]]; then
          packages+=("${PACKAGES_BUILD[@]}" "${PACKAGES_LINT[@]}")
        fi ;;
      e2e)
        packages+=("${PACKAGES_BUILD[@]}" "${PACKAGES_RUN[@]}" "${PACKAGES_KAFKA[@]}")
        packages+=("${PACKAGES_E2E[@]}") ;;
      integration | faults | bench)
        packages+=("${PACKAGES_BUILD[@]}" "${PACKAGES_RUN[@]}" "${PACKAGES_KAFKA[@]}")
        if [[ $level == bench ]]; then packages+=("${PACKAGES_BENCH[@]}"); fi ;;
      chart)
        packages+=("${PACKAGES_BUILD[@]}" "${PACKAGES_RUN[@]}" "${PACKAGES_KAFKA[@]}")
        packages+=("${PACKAGES_CHART[@]}") ;;
      fuzz) packages+=("${PACKAGES_BUILD[@]}" "${PACKAGES_FUZZ[@]}") ;;
      install) packages+=("${PACKAGES_BARE_ROOT[@]}") ;;
      *) packages+=("${PACKAGES_BUILD[@]}") ;;
    esac
  done
  # buf, which checks the contracts, is an npm package. Other sources of npm are as good.
  if wants unit && ! command -v npm > /dev/null; then packages+=(npm); fi
  packages_install "${packages[@]}"
  if wants e2e; then
    node_install
    gateway_install
    dashboard_build
  fi
  if wants integration || wants e2e || wants faults; then outside_install; fi
  # Helm is built from its sources, which takes minutes: before the tests, which have limits.
  if wants chart; then "$ENCOURS_ROOT/tests/chart/run" install || true; fi
  if wants unit || wants integration || wants e2e; then
    packages_tool "$PACKAGE_PROMTOOL" usr/bin/promtool
    export PATH=$PATH:$ENCOURS_CACHE/tools
  fi
}

level_run() {
  local level=$1
  mkdir -p "$RESULTS/$level"
  case $level in
    tidy) level_tidy ;;
    install) level_install ;;
    fuzz) level_fuzz ;;
    bench) level_ctest bench release 1 tests_bench ;;
    unit | property | chart) level_ctest "$level" "$TEST_PRESET" "$(nproc)" "tests_$level" ;;
    *) level_ctest "$level" "$TEST_PRESET" 1 all ;;
  esac
}

# level_count LEVEL PASSED|FAILED|SKIPPED NAME: for what runs without ctest.
level_count() {
  say "$2 $3" >> "$RESULTS/$1/counts"
  say "$3: ${2,,}"
}

level_script() { # LEVEL NAME COMMAND...
  local level=$1 name=$2
  shift 2
  if "$@"; then level_count "$level" PASSED "$name"; else level_count "$level" FAILED "$name"; fi
}

level_tidy() {
  level_script tidy tidy_self_test python3 "$ENCOURS_ROOT/tests/tidy/tidy_test.py"
  level_script tidy summary_self_test python3 "$ENCOURS_ROOT/tests/lib/summary_test.py"
  level_script tidy tidy python3 "$ENCOURS_ROOT/tests/tidy/tidy.py" "$ENCOURS_ROOT"
  level_script tidy pyflakes level_pyflakes
  if [[ $LONG -eq 1 ]]; then
    build_preset dev all
    level_script tidy clang_tidy "$ENCOURS_ROOT/tests/lib/lint" clang-tidy
    level_script tidy clang_format "$ENCOURS_ROOT/tests/lib/lint" clang-format
  fi
}

# Python says only when it gets there that a name is nobody's.
level_pyflakes() {
  find "$ENCOURS_ROOT"/{tests,deploy,common,services} -name '*.py' -not -path '*/node_modules/*' \
    -exec pyflakes3 {} +
}

level_install() {
  if [[ $LONG -eq 0 ]]; then
    level_count install SKIPPED "bare_root (it takes long: tests/run install --long)"
    return
  fi
  level_script install bare_root "$ENCOURS_ROOT/tests/install/bare_root.sh"
}

# level_none LEVEL: a level that is named must have tests; in a full run it may come later.
level_none() {
  if [[ $NAMED -eq 1 ]]; then fail "no test has the level $1 yet"; fi
  say "no test has the level $1 yet"
}

level_fuzz() {
  if ! (cd "$ENCOURS_ROOT" &&
    grep -rqs --include=CMakeLists.txt '^ *encours_fuzzer(' common services tests); then
    level_none fuzz
    return
  fi
  export ENCOURS_FUZZ_SECONDS=${ENCOURS_FUZZ_SECONDS:-$((LONG ? 600 : 20))}
  level_ctest fuzz fuzz "$(nproc)" tests_fuzz
}

# level_ctest LEVEL PRESET JOBS TARGET: build, then run what has the label.
level_ctest() {
  local level=$1 preset=$2 jobs=$3 target=$4 dir=$ENCOURS_ROOT/build/$2 count status=0
  local chosen=(-L "^$level\$") detail=()
  if [[ $LONG -eq 0 ]]; then chosen+=(-LE '^long$'); fi
  if [[ $level == bench ]]; then detail=(-V); fi # Its figures are what it is run for.
  # The build files first: they may not know a folder that was added since.
  build_preset "$preset" build.ninja
  count=$(cd "$dir" && ctest -N "${chosen[@]}" | sed -n 's/^Total Tests: //p')
  if [[ $count -eq 0 ]]; then
    level_none "$level"
    return
  fi
  if [[ $target != all ]] && ! ninja -C "$dir" -t query "$target" > /dev/null 2>&1; then
    target= # Scripts only: nothing to build.
  fi
  if [[ -n $target ]]; then build_preset "$preset" "$target"; fi
  case $level in integration | e2e | faults | bench) level_broker ;; esac
  export ENCOURS_BIN=$dir/bin
  # gtest writes its own results too, one file a program: ctest only knows programs.
  (cd "$dir" &&
    TSAN_OPTIONS=${TSAN_OPTIONS:-ignore_noninstrumented_modules=1} \
      GTEST_OUTPUT=xml:$RESULTS/$level/gtest/ \
      ctest "${chosen[@]}" --output-junit "$RESULTS/$level/ctest.xml" --output-on-failure \
      --timeout "$((LONG ? 7200 : 600))" -j "$jobs" "${detail[@]}") ||
    status=$?
  if [[ ! -f $RESULTS/$level/ctest.xml ]]; then
    level_count "$level" FAILED "ctest ended with $status and left no results"
    return
  fi
  case $level in
    integration | e2e | faults)
      python3 "$TESTS_ROOT/tests/lib/summary.py" --cases "$RESULTS/$level" ;;
  esac
}

# level_broker: one broker for all levels of this run, on a free port, with data of its own.
level_broker() {
  local port
  if [[ -n ${KAFKA_BOOTSTRAP_SERVERS:-} ]]; then return; fi
  kafka_install
  port=$(free_port_pair)
  kafka_start broker "$RUN_DIR/kafka" "$port"
  export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$port
  say "broker: Kafka $KAFKA_VERSION on $KAFKA_BOOTSTRAP_SERVERS"
}

# free_port_pair: a port that is free, as is the one after it, below the kernel's own range.
free_port_pair() {
  local port try
  for ((try = 0; try < 100; try++)); do
    port=$((20000 + RANDOM % 5000 * 2))
    if ! port_open 127.0.0.1 "$port" && ! port_open 127.0.0.1 $((port + 1)); then
      say "$port"
      return
    fi
  done
  fail "no free port was found between 20000 and 30000"
}
