#include "services/risk_enrichment/fetch/secret.h"

#include <cctype>
#include <utility>

#include "common/observe/log.h"

namespace encours::risk {
namespace {

constexpr std::size_t kMaxSecretBytes = 16 * 1024;

}  // namespace

Secret::Secret(std::string path) : file_(std::move(path), kMaxSecretBytes) {}

Result<std::string> Secret::read() {
  const std::lock_guard lock(mutex_);
  if (file_.path().empty()) return std::string();
  auto changed = file_.changed();
  if (!changed && !read_once_) {
    return error(Reaction::kRetry,
                 "secret_unreadable",
                 "A provider's secret can't be read: " + changed.failure().message);
  }
  if (!changed) {
    log::warning("secret_unreadable", changed.failure(), {{"path", file_.path()}});
    return content_;
  }
  if (*changed) {
    content_ = **changed;
    while (!content_.empty() && std::isspace(static_cast<unsigned char>(content_.back())) != 0) {
      content_.pop_back();
    }
    read_once_ = true;
  }
  return content_;
}

}  // namespace encours::risk
