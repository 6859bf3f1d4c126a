#include "common/stream/placement_book.h"

#include <algorithm>

#include "common/base/fault_point.h"

namespace encours::stream {
namespace {

using encours::stream::v1alpha1::PlacementSeat;
using encours::stream::v1alpha1::ReleasedSeat;

constexpr const char* kPlacementKey = "placement";
constexpr const char* kMemberPrefix = "member/";

Placement seats_of(const PlacementBook::Record& record) {
  Placement seats;
  for (const auto& seat : record.seats()) {
    seats.push_back({seat.owner(), seat.heir(), seat.handing_over()});
  }
  return seats;
}

bool names(const google::protobuf::RepeatedPtrField<ReleasedSeat>& released,
           std::int32_t partition, const PlacementSeat& seat) {
  return std::any_of(released.begin(), released.end(), [&](const ReleasedSeat& one) {
    return one.partition() == partition && one.owned_since() == seat.owned_since();
  });
}

Error unreadable(const std::string& topic, const std::string& what) {
  return fatal("placement_unreadable", topic + ": " + what +
                                           " Was it written by hand, or by a newer release?");
}

bool equal(const PlacementBook::Report& a, const PlacementBook::Report& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

std::string pod_of(const std::string& member) { return member.substr(0, member.rfind('-')); }

Status PlacementBook::take(const LogRecord& record) {
  if (record.key == kPlacementKey) return take_placement(record.value);
  Report report;
  if (!record.key.starts_with(kMemberPrefix) || !report.ParseFromString(record.value)) {
    return unreadable(topic_, "The record at " + std::to_string(record.offset) +
                                  " is no placement and no member's report.");
  }
  const std::string member = report.member();
  reports_[member] = std::move(report);
  return {};
}

Status PlacementBook::take_placement(const std::string& value) {
  Record record;
  if (!record.ParseFromString(value)) return unreadable(topic_, "A placement is cut.");
  if (record.seats_size() != partitions_) {
    return unreadable(topic_, "A placement has " + std::to_string(record.seats_size()) +
                                  " partitions, the service " + std::to_string(partitions_) + ".");
  }
  record_ = std::move(record);
  return {};
}

bool PlacementBook::holds_for(std::int32_t generation) const {
  return record_.version() > 0 && record_.generation() == generation;
}

bool PlacementBook::has_released(std::int32_t partition) const {
  const PlacementSeat& seat = record_.seats(partition);
  const auto report = reports_.find(seat.owner());
  return report != reports_.end() && names(report->second.released(), partition, seat);
}

std::set<std::int32_t> PlacementBook::owned_by(const std::string& member) const {
  std::set<std::int32_t> out;
  for (std::int32_t p = 0; p < record_.seats_size(); ++p) {
    if (record_.seats(p).owner() == member && !has_released(p)) out.insert(p);
  }
  return out;
}

std::set<std::int32_t> PlacementBook::handed_over_by(const std::string& member) const {
  auto out = owned_by(member);
  std::erase_if(out, [&](std::int32_t p) { return !record_.seats(p).handing_over(); });
  return out;
}

std::set<std::int32_t> PlacementBook::inherited_by(const std::string& member) const {
  std::set<std::int32_t> out;
  for (std::int32_t p = 0; p < record_.seats_size(); ++p) {
    const PlacementSeat& seat = record_.seats(p);
    // In one process there is one store, and the owner has it.
    if (seat.heir() == member && pod_of(seat.owner()) != pod_of(member)) out.insert(p);
  }
  return out;
}

std::map<std::int32_t, std::string> PlacementBook::addresses() const {
  std::map<std::int32_t, std::string> out;
  for (std::int32_t p = 0; p < record_.seats_size(); ++p) {
    const auto report = reports_.find(record_.seats(p).owner());
    if (report != reports_.end()) out[p] = report->second.address();
  }
  return out;
}

std::set<std::string> PlacementBook::members() const {
  return {record_.members().begin(), record_.members().end()};
}

std::set<std::string> PlacementBook::reporters() const {
  std::set<std::string> names;
  for (const auto& [name, report] : reports_) names.insert(name);
  return names;
}

std::optional<PlacementBook::Record> PlacementBook::next(
    std::int32_t generation, const std::vector<std::string>& members) const {
  if (members.empty()) return std::nullopt;  // We are out of the group ourselves.
  std::vector<PlacementMember> standing;
  PlacementReports said;
  for (const auto& name : std::set<std::string>(members.begin(), members.end())) {
    PlacementMember member{name, pod_of(name), false};
    if (const auto report = reports_.find(name); report != reports_.end()) {
      member.is_leaving = report->second.is_leaving();
      for (const std::int32_t p : report->second.warm()) said.warm.insert({name, p});
    }
    standing.push_back(std::move(member));
  }
  for (std::int32_t p = 0; p < record_.seats_size(); ++p) {
    // The broken rule: a partition is its heir's while its owner still works on it.
    const bool at_once = mutation_is_on("move_unreleased") && record_.seats(p).handing_over();
    if (has_released(p) || at_once) said.released.insert(p);
  }
  const Placement now = version() > 0 ? seats_of(record_) : Placement(partitions_);
  const Placement then = next_placement(now, standing, said);
  if (holds_for(generation) && then == now && said.released.empty()) return std::nullopt;
  Record record;
  record.set_generation(generation);
  record.set_version(version() + 1);
  for (const auto& member : standing) record.add_members(member.name);
  for (std::int32_t p = 0; p < partitions_; ++p) {
    const auto at = static_cast<std::size_t>(p);
    auto* seat = record.add_seats();
    seat->set_owner(then[at].owner);
    seat->set_heir(then[at].heir);
    seat->set_handing_over(then[at].handing_over);
    // Also where it comes back to who has released it, because the heir has gone.
    const bool is_new = then[at].owner != now[at].owner || said.released.contains(p);
    seat->set_owned_since(is_new ? record.version() : record_.seats(p).owned_since());
  }
  return record;
}

bool PlacementBook::stands(const std::string& member, const ReleasedSeat& left) const {
  const PlacementSeat& seat = record_.seats(left.partition());
  return seat.owner() == member && seat.owned_since() == left.owned_since();
}

ReleasedSeat PlacementBook::released(std::int32_t partition) const {
  ReleasedSeat seat;
  seat.set_partition(partition);
  seat.set_owned_since(record_.seats(partition).owned_since());
  return seat;
}

std::optional<PlacementBook::Report> PlacementBook::to_report(Report own) const {
  const auto said = reports_.find(own.member());
  google::protobuf::RepeatedPtrField<ReleasedSeat> all;
  for (std::int32_t p = 0; p < record_.seats_size(); ++p) {
    const PlacementSeat& seat = record_.seats(p);
    if (seat.owner() != own.member()) continue;
    const bool before = said != reports_.end() && names(said->second.released(), p, seat);
    if (before || names(own.released(), p, seat)) *all.Add() = released(p);
  }
  *own.mutable_released() = std::move(all);
  if (said != reports_.end() && equal(own, said->second)) return std::nullopt;
  return own;
}

Outgoing PlacementBook::written(const Record& record) const {
  return {topic_, 0, kPlacementKey, record.SerializeAsString(), {}};
}

Outgoing PlacementBook::written(const Report& report) const {
  return {topic_, 0, kMemberPrefix + report.member(), report.SerializeAsString(), {}};
}

}  // namespace encours::stream
