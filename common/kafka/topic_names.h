// TopicNames: what topics, groups and transactional ids are called in the cluster.
//
// Installations on one cluster differ by a prefix, which no code above this folder ever sees. A
// rebuild has two: it reads the inputs and decisions of the installation that it stands beside, and
// all that it writes lies under a prefix of its own, where nobody listens. A value; safe from any
// thread.
#pragma once

#include <map>
#include <set>
#include <string>

namespace encours::kafka {

class TopicNames {
 public:
  TopicNames() = default;
  explicit TopicNames(std::string prefix) : inputs_(prefix), own_(std::move(prefix)) {}

  // `own_topics` are those that the service alone writes: a rebuild makes them anew, so it reads
  // its own.
  static TopicNames of_rebuild(std::string inputs_prefix, std::string own_prefix,
                               std::set<std::string> own_topics);

  // Each topic by a name of its own, known in both directions: for topics that others have named.
  static TopicNames exactly(std::map<std::string, std::string> in_cluster_by_code);

  std::string read(const std::string& topic) const {
    if (const auto exact = exact_.find(topic); exact != exact_.end()) return exact->second;
    return (own_topics_.contains(topic) ? own_ : inputs_) + topic;
  }
  std::string written(const std::string& topic) const {
    const auto exact = exact_.find(topic);
    return exact != exact_.end() ? exact->second : own_ + topic;
  }
  // Of a group or a transactional id.
  std::string id(const std::string& id) const { return own_ + id; }
  // The topic as the code knows it; a name of another installation stays as it is.
  std::string in_code(const std::string& in_cluster) const;
  bool is_rebuild() const { return own_ != inputs_; }
  // Whether a topic in the cluster is an input of this installation.
  bool is_input(const std::string& in_cluster) const { return in_cluster.starts_with(inputs_); }

 private:
  std::string inputs_;
  std::string own_;
  std::set<std::string> own_topics_;
  std::map<std::string, std::string> exact_;
};

}  // namespace encours::kafka
