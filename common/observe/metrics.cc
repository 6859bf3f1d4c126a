#include "common/observe/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "common/base/check.h"
#include "common/base/utf8.h"
#include "common/observe/metric_names.h"

namespace encours {
namespace {

constexpr size_t kMaxLabelBytes = 128;
constexpr std::string_view kTenantLabel = "tenant";
constexpr const char* kOther = "other";

// A scrape with invalid UTF-8 is refused as a whole, so one bad value would blind everybody.
std::string label_value(std::string_view value) {
  return valid_utf8(cut_utf8(value, kMaxLabelBytes));
}

bool has_tenant(const std::vector<std::string>& label_names) {
  return std::find(label_names.begin(), label_names.end(), kTenantLabel) != label_names.end();
}

}  // namespace

// The tenants that have a label of their own, the same in all families.
class TenantLabels {
 public:
  std::string label_of(const std::string& tenant) {
    const std::lock_guard guard(mutex_);
    if (known_.contains(tenant)) return tenant;
    if (known_.size() >= kMaxTenantLabels) return kOther;
    known_.insert(tenant);
    return tenant;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> known_;
};

template <class Series>
struct SeriesOf;
template <>
struct SeriesOf<Counter> {
  using Type = prometheus::Counter;
};
template <>
struct SeriesOf<Gauge> {
  using Type = prometheus::Gauge;
};
template <>
struct SeriesOf<Histogram> {
  using Type = prometheus::Histogram;
};

template <class Series>
class FamilyState {
 public:
  using Native = typename SeriesOf<Series>::Type;

  FamilyState(prometheus::Family<Native>& family,
              std::vector<std::string> label_names,
              std::vector<double> buckets,
              TenantLabels& tenants)
      : family_(family),
        label_names_(std::move(label_names)),
        buckets_(std::move(buckets)),
        tenants_(tenants) {}

  const std::vector<std::string>& label_names() const { return label_names_; }

  Series with(const std::vector<std::string_view>& values) {
    ENCOURS_CHECK(values.size() == label_names_.size(), "one value for each label name");
    std::vector<std::string> key;
    for (size_t i = 0; i < values.size(); ++i) {
      std::string value = label_value(values[i]);
      if (label_names_[i] == kTenantLabel) value = tenants_.label_of(value);
      key.push_back(std::move(value));
    }
    const std::lock_guard guard(mutex_);
    const bool full = series_.size() >= kMaxSeriesPerFamily && !series_.contains(key);
    if (full) key.assign(key.size(), kOther);
    const auto found = series_.find(key);
    if (found != series_.end()) return Series(*found->second);
    Native& native = add(key);
    series_.emplace(std::move(key), &native);
    return Series(native);
  }

 private:
  Native& add(const std::vector<std::string>& values) {
    prometheus::Labels labels;
    for (size_t i = 0; i < values.size(); ++i) labels[label_names_[i]] = values[i];
    if constexpr (std::is_same_v<Series, Histogram>) {
      return family_.Add(labels, buckets_);
    } else {
      return family_.Add(labels);
    }
  }

  prometheus::Family<Native>& family_;
  const std::vector<std::string> label_names_;
  const std::vector<double> buckets_;
  TenantLabels& tenants_;
  std::mutex mutex_;
  std::map<std::vector<std::string>, Native*> series_;
};

class Metrics::State : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    {
      const std::lock_guard guard(hooks_mutex_);
      for (const auto& [id, update] : hooks_) update();
    }
    return registry_.Collect();
  }

  template <class Series>
  Family<Series> family(std::string_view name,
                        std::string_view help,
                        std::vector<std::string> label_names,
                        std::vector<double> buckets) {
    const std::lock_guard guard(families_mutex_);
    auto& families = std::get<Families<Series>>(all_families_);
    const auto found = families.find(name);
    if (found != families.end()) {
      ENCOURS_CHECK(found->second->label_names() == label_names, "a family has fixed label names");
      return Family<Series>(*found->second);
    }
    ENCOURS_CHECK(names_.insert(std::string(name)).second, "a name belongs to one kind of metric");
    auto& native = register_family(static_cast<Series*>(nullptr), name, help);
    auto state = std::make_unique<FamilyState<Series>>(
        native, std::move(label_names), std::move(buckets), tenants_);
    return Family<Series>(*families.emplace(name, std::move(state)).first->second);
  }

  int add_hook(std::function<void()> update) {
    const std::lock_guard guard(hooks_mutex_);
    hooks_.emplace(++last_hook_, std::move(update));
    return last_hook_;
  }
  void drop_hook(int id) {
    // Hooks run under this mutex, so none of them runs once it is held.
    const std::lock_guard guard(hooks_mutex_);
    hooks_.erase(id);
  }

 private:
  template <class Series>
  using Families = std::map<std::string, std::unique_ptr<FamilyState<Series>>, std::less<>>;

  prometheus::Family<prometheus::Counter>& register_family(Counter*,
                                                           std::string_view name,
                                                           std::string_view help) {
    return prometheus::BuildCounter()
        .Name(std::string(name))
        .Help(std::string(help))
        .Register(registry_);
  }
  prometheus::Family<prometheus::Gauge>& register_family(Gauge*,
                                                         std::string_view name,
                                                         std::string_view help) {
    return prometheus::BuildGauge()
        .Name(std::string(name))
        .Help(std::string(help))
        .Register(registry_);
  }
  prometheus::Family<prometheus::Histogram>& register_family(Histogram*,
                                                             std::string_view name,
                                                             std::string_view help) {
    return prometheus::BuildHistogram()
        .Name(std::string(name))
        .Help(std::string(help))
        .Register(registry_);
  }

  prometheus::Registry registry_;
  TenantLabels tenants_;
  std::mutex families_mutex_;
  std::set<std::string> names_;
  std::tuple<Families<Counter>, Families<Gauge>, Families<Histogram>> all_families_;
  mutable std::mutex hooks_mutex_;
  std::map<int, std::function<void()>> hooks_;
  int last_hook_ = 0;
};

void Counter::add(double amount) { series_->Increment(amount); }
void Gauge::set(double value) { series_->Set(value); }
void Gauge::add(double difference) { series_->Increment(difference); }
void Histogram::observe(double value) { series_->Observe(value); }

template <class Series>
Series Family<Series>::with(const std::vector<std::string_view>& label_values) const {
  return state_->with(label_values);
}
template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

std::vector<double> latency_buckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
}

std::vector<double> size_buckets() {
  return {256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};
}

Metrics::Metrics() : state_(std::make_shared<State>()) {}
Metrics::~Metrics() = default;

Family<Counter> Metrics::counters(std::string_view name,
                                  std::string_view help,
                                  std::vector<std::string> label_names) {
  check_metric(MetricKind::kCounter, name, help, label_names);
  return state_->family<Counter>(name, help, std::move(label_names), {});
}

Family<Gauge> Metrics::gauges(std::string_view name,
                              std::string_view help,
                              std::vector<std::string> label_names) {
  check_metric(MetricKind::kGauge, name, help, label_names);
  ENCOURS_CHECK(!has_tenant(label_names), "only counters have the label tenant");
  return state_->family<Gauge>(name, help, std::move(label_names), {});
}

Family<Histogram> Metrics::histograms(std::string_view name,
                                      std::string_view help,
                                      std::vector<std::string> label_names,
                                      std::vector<double> buckets) {
  check_metric(MetricKind::kHistogram, name, help, label_names);
  ENCOURS_CHECK(!has_tenant(label_names), "only counters have the label tenant");
  return state_->family<Histogram>(name, help, std::move(label_names), std::move(buckets));
}

Metrics::Hook Metrics::on_scrape(std::function<void()> update) {
  return Hook(state_, state_->add_hook(std::move(update)));
}

Metrics::Hook::Hook(Hook&& other) noexcept
    : state_(std::move(other.state_)), id_(std::exchange(other.id_, 0)) {}

Metrics::Hook& Metrics::Hook::operator=(Hook&& other) noexcept {
  if (this != &other) {
    drop();
    state_ = std::move(other.state_);
    id_ = std::exchange(other.id_, 0);
  }
  return *this;
}

Metrics::Hook::~Hook() { drop(); }

void Metrics::Hook::drop() {
  if (const std::shared_ptr<State> state = state_.lock()) state->drop_hook(id_);
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(state_->Collect());
}

std::shared_ptr<prometheus::Collectable> Metrics::collectable() const { return state_; }

}  // namespace encours
