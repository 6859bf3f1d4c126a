# shellcheck shell=bash
# The sample portfolio of a local run: a tenant of its own, in events mode, whose day is the last
# one of its events. It is generated once by encours-sample and loaded by the public doors.

SAMPLE_TENANT=sample
SAMPLE_SOURCE=$ENCOURS_ROOT/deploy/sample
SAMPLE_DIR=$RUN_DIR/sample

# What deploy/run shows: account, and the command that shows it best.
SAMPLE_LOOK=(
  "C00001 invoices list --filter 'account = \"C00001\" AND state = OPEN'"
  "C00002 scores explain C00002"
  "C00003 timeline C00003"
  "C00004 customers list --filter 'group = \"G-PONTAVEL\"'"
  "C00008 dunning actions list --filter 'account = \"C00008\"'"
  "C00009 customers get C00009"
  "C00010 aged-balance --filter 'account = \"C00010\"'"
  "C00012 risk show C00012"
)

# sample_generate: a program or settings that have changed make another sample.
sample_generate() {
  local digest
  digest=$(sha256sum "$BIN/encours-sample" "$SAMPLE_SOURCE"/settings/*.yaml | sha256sum)
  if [[ -f $SAMPLE_DIR/made && $(cat "$SAMPLE_DIR/made") == "$digest" ]]; then return; fi
  rm -f "$SAMPLE_DIR/made"
  step "generate sample" "$BIN/encours-sample" --out "$SAMPLE_DIR"
  say "$digest" > "$SAMPLE_DIR/made"
}

# sample_mark: what is loaded is known by its events and its settings.
sample_mark() { sha256sum < <(cat "$SAMPLE_DIR/events.jsonl" "$SAMPLE_SOURCE"/settings/*.yaml); }

sample_ctl() { "$BIN/encoursctl" "$@" --tenant "$SAMPLE_TENANT"; }

# sample_is_open: a cluster of somebody else may have lost what this folder remembers.
sample_is_open() { sample_ctl tenants list --output csv 2> /dev/null | grep -q "^$SAMPLE_TENANT,"; }

sample_load() {
  sample_ctl tenants open --clock events --time-zone Europe/Paris \
    --display-name "Kerlann Distribution"
  sample_ctl dunning scenarios apply "$SAMPLE_SOURCE/settings/scenario.yaml"
  sample_ctl risk policy "$SAMPLE_SOURCE/settings/risk_policy.yaml"
  sample_ctl scores scorecard "$SAMPLE_SOURCE/settings/scorecard.yaml"
  # It ends when every service has followed the clock to the last day. Repeating it changes nothing.
  sample_ctl import "$SAMPLE_DIR/events.jsonl"
}

# sample_import: loads it unless it is there.
sample_import() {
  sample_generate
  if [[ -f $SAMPLE_DIR/loaded ]] && sample_is_open; then
    if [[ $(cat "$SAMPLE_DIR/loaded") != "$(sample_mark)" ]]; then
      say "sample: an older version of it is loaded; deploy/reset makes room for this one"
    fi
  else
    step "load sample (some minutes, once)" sample_load
    sample_mark > "$SAMPLE_DIR/loaded"
  fi
  sample_show
}

# sample_story ACCOUNT: "Name: what there is to see".
sample_story() {
  awk -F '\t' -v account="$1" '$1 == account { print $2 ": " $3 }' "$SAMPLE_DIR/named_accounts.tsv"
}

sample_show() {
  local line account
  say "what to look at in the tenant $SAMPLE_TENANT (encoursctl is ${BIN#"$PWD"/}/encoursctl):"
  for line in "${SAMPLE_LOOK[@]}"; do
    account=${line%% *}
    say "  $account $(sample_story "$account")"
    say "         encoursctl ${line#* } --tenant $SAMPLE_TENANT"
  done
  say "  on the page: $(gateway_url)customers/ACCOUNT?tenant=$SAMPLE_TENANT"
  say "  more: ${SAMPLE_DIR#"$PWD"/}/named_accounts.tsv (stories), states.tsv (each state)"
}
