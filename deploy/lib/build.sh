# shellcheck shell=bash
# Configure and build by a preset of CMakePresets.json. A build with nothing to do takes a second;
# compiled objects also survive a fresh clone, in ccache's own folder.

# build_preset PRESET TARGET...
build_preset() {
  local preset=$1 dir=$ENCOURS_ROOT/build/$1
  shift
  if [[ ! -f $dir/build.ninja ]]; then
    step "configure $preset" cmake -S "$ENCOURS_ROOT" --preset "$preset"
  fi
  step "build $preset" ninja -C "$dir" -j "$(jobs_count)" "$@"
}

# build_sources_or_fail NAME...: says which services or tools are not in this checkout, before
# the compiler says it worse.
build_sources_or_fail() {
  local name missing=()
  for name in "$@"; do
    if [[ ! -f $ENCOURS_ROOT/$(service_folder "$name")/CMakeLists.txt ]]; then
      missing+=("$(service_folder "$name")")
    fi
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    fail "not in this checkout yet, so nothing can be started: ${missing[*]}" \
      "The list of what runs is SERVICES in deploy/lib/parts.sh."
  fi
}
