#include "common/kafka/topic_names.h"

#include <utility>

namespace encours::kafka {

TopicNames TopicNames::of_rebuild(std::string inputs_prefix, std::string own_prefix,
                                  std::set<std::string> own_topics) {
  TopicNames names(std::move(inputs_prefix));
  names.own_ = std::move(own_prefix);
  names.own_topics_ = std::move(own_topics);
  return names;
}

TopicNames TopicNames::exactly(std::map<std::string, std::string> in_cluster_by_code) {
  TopicNames names;
  names.exact_ = std::move(in_cluster_by_code);
  return names;
}

std::string TopicNames::in_code(const std::string& in_cluster) const {
  for (const auto& [code, cluster] : exact_) {
    if (cluster == in_cluster) return code;
  }
  // The longer one first: one prefix may begin with the other.
  const bool own_is_longer = own_.size() > inputs_.size();
  for (const auto* prefix : {own_is_longer ? &own_ : &inputs_, own_is_longer ? &inputs_ : &own_}) {
    if (in_cluster.starts_with(*prefix)) return in_cluster.substr(prefix->size());
  }
  return in_cluster;
}

}  // namespace encours::kafka
