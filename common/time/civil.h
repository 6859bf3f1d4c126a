// All of civil time in one include: Date, Instant, Zone. Each has its own header.
#pragma once

#include "common/time/date.h"
#include "common/time/instant.h"
#include "common/time/zone.h"
