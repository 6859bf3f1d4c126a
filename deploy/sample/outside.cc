#include "deploy/sample/outside.h"

#include <algorithm>
#include <iterator>

#include "common/base/check.h"
#include "common/base/hash.h"
#include "deploy/sample/identifiers.h"
#include "deploy/sample/random.h"

namespace encours::sample {
namespace {

constexpr std::uint64_t kNotFoundOneIn = 40;
constexpr std::uint64_t kFailsOneIn = 8;
constexpr std::uint64_t kFailureDays = 16 * 365;
constexpr int kStageDays = 240;
constexpr int kCeasesAfterDays = 1000;

std::uint64_t dice(const std::string& siren, const std::string& what) {
  const Sha256 digest = sha256(siren + "/" + what);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8U | digest[i];
  return number;
}

std::optional<Date> fails_on(const std::string& siren) {
  if (dice(siren, "fails") % kFailsOneIn != 0) return std::nullopt;
  const auto days = static_cast<std::int64_t>(dice(siren, "fails on") % (kFailureDays + 1));
  return Date::from_ymd(2010, 1, 1).value() + days;
}

bool suits(const std::string& siren, Procedure wanted, Date end) {
  if (wanted == Procedure::kNone) {
    return procedure_on(siren, end) == Procedure::kNone && !fails_on(siren);
  }
  if (wanted == Procedure::kSafeguard) {
    return procedure_on(siren, end) == Procedure::kReorganisation &&
           procedure_on(siren, end - kStageDays) == Procedure::kSafeguard;
  }
  return procedure_on(siren, end) == wanted;
}

}  // namespace

Procedure procedure_on(const std::string& siren, Date day) {
  if (dice(siren, "exists") % kNotFoundOneIn == 0) return Procedure::kUnknown;
  const auto failed = fails_on(siren);
  if (!failed || day < *failed) return Procedure::kNone;
  const int days = day - *failed;
  if (days >= kCeasesAfterDays) return Procedure::kCeased;
  if (days < kStageDays) return Procedure::kSafeguard;
  return days < 2 * kStageDays ? Procedure::kReorganisation : Procedure::kLiquidation;
}

const char* word_of(Procedure procedure) {
  switch (procedure) {
    case Procedure::kNone:
      return "none";
    case Procedure::kSafeguard:
      return "safeguard";
    case Procedure::kReorganisation:
      return "reorganisation";
    case Procedure::kLiquidation:
      return "liquidation";
    case Procedure::kCeased:
      return "ceased";
    case Procedure::kUnknown:
      return "unknown";
  }
  return "";
}

Register::Register(std::uint64_t seed, Date end) : end_(end) {
  std::vector<std::string> all;
  for (int i = 0; i < kSirenCount; ++i) all.push_back(siren_of(i));
  Random random(seed, "register");
  for (std::size_t i = all.size() - 1; i > 0; --i) {
    std::swap(all[i], all[static_cast<std::size_t>(random.between(0, static_cast<int>(i)))]);
  }
  for (auto& siren : all) {
    const bool healthy = suits(siren, Procedure::kNone, end);
    (healthy ? healthy_ : others_).push_back(std::move(siren));
  }
}

std::string Register::take(Procedure procedure) {
  auto& list = procedure == Procedure::kNone ? healthy_ : others_;
  const auto found = std::find_if(list.rbegin(), list.rend(), [&](const std::string& siren) {
    return suits(siren, procedure, end_);
  });
  if (found == list.rend()) {
    ENCOURS_CHECK(procedure != Procedure::kNone, "accounts are limited, so that companies suffice");
    return take();
  }
  std::string siren = *found;
  list.erase(std::next(found).base());
  return siren;
}

}  // namespace encours::sample
