// ProviderBook: when each provider is asked about one company, and what becomes of its answer.
//
//   (never asked) --ask--> pending --outcome--> OK | NOT_FOUND          next by domain/schedule.h
//                             ^         \-----> FAILED | UNKNOWN        again, with back-off
//                             \---- timer, person, lost answer (once at once) ----/
// One attempt is pending at most. All attempts until an answer counts share an idempotency key. A
// failure changes no criterion and the last good values stand. An answer that got lost is asked for
// again at once before it is told as UNKNOWN. Stale is told once, by a timer, when the last good
// answer is older than the policy allows. Before go-live nobody is asked, which is told once. Made
// for one decision; each call stores its own rows; the company's own are saved by CompanyBook.
// Pure.
#pragma once

#include <string>

#include "services/risk_enrichment/domain/company_book.h"

namespace encours::risk {

inline constexpr const char* kFetchKind = "fetch";
inline constexpr std::uint8_t kRefreshTimer = 1;
inline constexpr std::uint8_t kStaleTimer = 2;
// Of the company: its tenant goes live.
inline constexpr std::uint8_t kReviewTimer = 3;

class ProviderBook {
 public:
  ProviderBook(CompanyBook& company, std::string provider);

  // The company, the policy or the go-live may have changed: asks, plans or stops asking.
  void review();
  // A person asks. False where an answer is waited for already. The tenant is live and the policy
  // has the provider (checked).
  bool refresh();
  void refresh_timer(Instant due);
  void stale_timer();
  void take_outcome(const stream::v1alpha1::EffectOutcome& outcome, const api::FetchAnswer& answer);

 private:
  bool wanted() const { return company_.monitored() && policy_ != nullptr; }
  Date today() const { return zone_.local_date(decision_.record.at); }
  // "tenant/legal entity/provider": what is hashed.
  std::string place() const;
  void ask(bool new_cycle);
  void suppress();
  void set_next(std::optional<Instant> at);
  void plan_next_cycle();
  void take_values(const api::FetchAnswer& answer);
  void take_failure(api::FetchOutcome outcome, const api::FetchAnswer& answer);
  void end(api::FetchOutcome outcome, const std::string& code, bool paid);
  void save();

  CompanyBook& company_;
  const Decision& decision_;
  std::string provider_;
  const api::ProviderPolicy* policy_;
  Zone zone_;
  state::CompanyProviderRow row_;
};

}  // namespace encours::risk
