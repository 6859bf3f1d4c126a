# shellcheck shell=bash
# Everything that the commands of this folder use, in the order of need.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
for library in parts packages process build kafka secrets web outside services gateway run_state \
  sample; do
  # shellcheck source=/dev/null
  source "$ENCOURS_ROOT/deploy/lib/$library.sh"
done
unset library
