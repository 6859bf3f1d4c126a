// The text of proto/topics.yaml as it was when this program was built (topics_yaml.cc.in).
#pragma once

#include <string_view>

namespace encours::ctl {

extern const std::string_view kTopicsYaml;

}  // namespace encours::ctl
