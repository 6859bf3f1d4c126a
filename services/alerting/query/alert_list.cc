#include "services/alerting/query/alert_list.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <map>

#include "common/base/hash.h"
#include "services/alerting/domain/tables.h"
#include "services/alerting/query/feed_reader.h"

namespace encours::alerting {
namespace {

constexpr const char* kUsualOrder = "day desc, id";
constexpr std::int32_t kUsualPageSize = 50;
constexpr std::int32_t kMaxPageSize = 1'000;
constexpr std::uint8_t kTokenVersion = 1;
constexpr std::size_t kMaxTokenBytes = 16 * 1024;

// token := base64url(version:byte digest:text after:text), parts as in common/state/key.h.
std::string encode_token(const std::string& digest, const std::string& after) {
  return absl::WebSafeBase64Escape(KeyWriter().byte(kTokenVersion).text(digest).text(after).take());
}

Result<std::string> decode_token(const std::string& token, const std::string& digest) {
  const auto invalid = [] {
    return refused("invalid_page_token",
                   "page_token",
                   "This is no page token of this query; begin again with the first page.");
  };
  if (token.empty()) return std::string();
  std::string bytes;
  if (token.size() > kMaxTokenBytes || !absl::WebSafeBase64Unescape(token, &bytes)) {
    return invalid();
  }
  KeyReader reader(bytes);
  const auto version = reader.byte();
  const auto of_query = reader.text();
  auto after = reader.text();
  if (version != kTokenVersion || of_query != digest || !after || !reader.empty()) {
    return invalid();
  }
  return *std::move(after);
}

}  // namespace

// The first alerts behind a sort key, of any number offered in any order.
class AlertList::Page {
 public:
  Page(const std::string& after, std::size_t size) : after_(after), size_(size) {}

  void offer(std::string key, v1alpha1::Alert alert) {
    if (key <= after_) return;
    alerts_.insert_or_assign(std::move(key), std::move(alert));
    if (alerts_.size() <= size_) return;
    alerts_.erase(std::prev(alerts_.end()));
    more_ = true;
  }
  void count() { ++total_; }

  v1alpha1::ListAlertsResponse finish(const std::string& digest, bool more_elsewhere) && {
    v1alpha1::ListAlertsResponse response;
    response.set_total_size(total_);
    for (auto& [key, alert] : alerts_) response.add_alerts()->Swap(&alert);
    if ((more_ || more_elsewhere) && !alerts_.empty()) {
      response.set_next_page_token(encode_token(digest, alerts_.rbegin()->first));
    }
    return response;
  }

 private:
  const std::string& after_;
  std::size_t size_;
  std::map<std::string, v1alpha1::Alert> alerts_;
  bool more_ = false;
  std::int64_t total_ = 0;
};

Result<AlertList> AlertList::prepare(const v1alpha1::ListAlertsRequest& request,
                                     const std::optional<std::string>& only_owner) {
  const auto& type = *v1alpha1::Alert::descriptor();
  ENCOURS_ASSIGN(auto filter, filter::Filter::compile(request.filter(), type));
  const std::string order_text = request.order_by().empty() ? kUsualOrder : request.order_by();
  ENCOURS_ASSIGN(auto order, filter::OrderBy::compile(order_text, type));
  if (request.page_size() < 0) {
    return refused("invalid_page_size", "page_size", "A page size is not negative.");
  }
  AlertList list(std::move(filter), std::move(order));
  list.tenant_ = request.tenant();
  list.only_owner_ = only_owner;
  const std::int32_t wanted = request.page_size() == 0 ? kUsualPageSize : request.page_size();
  list.page_size_ = static_cast<std::size_t>(std::min(wanted, kMaxPageSize));
  list.digest_ =
      stable_id({"alerts", list.tenant_, list.filter_.text(), order_text, only_owner.value_or("")});
  ENCOURS_ASSIGN(list.after_, decode_token(request.page_token(), list.digest_));
  return list;
}

Result<v1alpha1::ListAlertsResponse> AlertList::answer(
    const std::vector<const Snapshot*>& partitions) const {
  Page page(after_, page_size_);
  for (const Snapshot* rows : partitions) {
    scan(*rows, &page);
    // A read that failed must not pass for an empty table.
    ENCOURS_TRY(rows->status());
  }
  return std::move(page).finish(digest_, false);
}

v1alpha1::ListAlertsResponse AlertList::merge(
    std::vector<v1alpha1::ListAlertsResponse> answers) const {
  Page page(after_, page_size_);
  std::int64_t total = 0;
  bool more = false;
  for (auto& answer : answers) {
    total += answer.total_size();
    more = more || !answer.next_page_token().empty();
    for (auto& alert : *answer.mutable_alerts()) {
      std::string key = sort_key(alert);
      page.offer(std::move(key), std::move(alert));
    }
  }
  auto merged = std::move(page).finish(digest_, more);
  merged.set_total_size(total);
  return merged;
}

void AlertList::scan(const RowReader& rows, Page* page) const {
  const std::string prefix = KeyWriter().byte(kAlertTable.id).raw(tenant_scope(tenant_)).take();
  std::string account;
  bool visible = !only_owner_;
  rows.scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view value) {
    auto row = stream::View::parse<state::AlertRow>(value);
    // Alerts of one account stand side by side, so its owner is looked up once.
    if (only_owner_ && account != row.alert().account()) {
      account = row.alert().account();
      visible = owner_of(rows, tenant_, account) == only_owner_;
    }
    if (!visible || !filter_.matches(row.alert())) return true;
    page->count();
    std::string key = sort_key(row.alert());
    page->offer(std::move(key), std::move(*row.mutable_alert()));
    return true;
  });
}

std::string AlertList::sort_key(const v1alpha1::Alert& alert) const {
  return KeyWriter(order_.key(alert)).text(alert.id()).take();
}

}  // namespace encours::alerting
