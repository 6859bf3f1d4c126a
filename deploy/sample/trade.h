// Ordinary business of one account: it buys as its volume says and pays as its habit says.
#pragma once

#include "deploy/sample/desk.h"

namespace encours::sample {

void trade(const Options& options, Desk* desk);

}  // namespace encours::sample
