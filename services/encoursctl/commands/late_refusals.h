// late_refusals: the records of a file that the door took and a stage behind it refused, e.g. an id
// that was seen with other content.
//
// Asked of the dead letters once they have come to the file's position, so none is missed. Those
// that the door itself refused are dead letters too: who has told them already leaves them out by
// their place.
#pragma once

#include <vector>

#include "services/encoursctl/commands/import_file.h"

namespace encours::ctl {

// Dead letters of the import, by line, also where somebody has replayed one since: the file is as
// wrong as it was. Empty where the import took nothing. Fails with
// "dead_letters_incomplete" (retry) where partitions kept silent.
Result<std::vector<ImportRefusal>> late_refusals(Context& context,
                                                 const std::string& tenant,
                                                 const ImportSummary& summary);

}  // namespace encours::ctl
