// Metrics of a process, in the names and shapes that Prometheus expects.
//
//   Metrics metrics;
//   Counter read = metrics.counters("encours_records_read_total", "Records read.", {"topic"})
//                      .with({"receivables"});
//   read.add(17);
//
// A family is a name with fixed label names; with() gives the series of some label values. Look a
// series up once and keep it: it is a small handle, valid as long as Metrics, safe from any
// thread. Asking for a family again gives the same one.
//
// Rules, checked when a family is made because each is a programmer's mistake: names are
// encours_* in base units and end as the kind demands (counters _total; histograms _seconds,
// _bytes or _records); the help is a sentence. No label takes a value from users' data except
// `tenant`, which only counters have; after 100 different tenants the rest count as "other".
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Collectable;
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace encours {

inline constexpr size_t kMaxTenantLabels = 100;
// Beyond this many series of one family, new label values become "other" as well.
inline constexpr size_t kMaxSeriesPerFamily = 2000;

class Counter {
 public:
  explicit Counter(prometheus::Counter& series) : series_(&series) {}
  void add(double amount = 1);  // Not negative.

 private:
  prometheus::Counter* series_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& series) : series_(&series) {}
  void set(double value);
  void add(double difference);

 private:
  prometheus::Gauge* series_;
};

class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& series) : series_(&series) {}
  void observe(double value);

 private:
  prometheus::Histogram* series_;
};

template <class Series>
class FamilyState;

// A handle on a family; copy it freely.
template <class Series>
class Family {
 public:
  explicit Family(FamilyState<Series>& state) : state_(&state) {}

  // As many values as the family has label names, in their order.
  Series with(std::initializer_list<std::string_view> label_values) const {
    return with(std::vector<std::string_view>(label_values));
  }
  Series with(const std::vector<std::string_view>& label_values) const;

 private:
  FamilyState<Series>* state_;
};

// Bounds that suit latencies from a millisecond to a minute, and sizes from 256 B to 64 MiB.
std::vector<double> latency_buckets();
std::vector<double> size_buckets();

class Metrics {
 private:
  class State;

 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Family<Counter> counters(std::string_view name,
                           std::string_view help,
                           std::vector<std::string> label_names = {});
  Family<Gauge> gauges(std::string_view name,
                       std::string_view help,
                       std::vector<std::string> label_names = {});
  Family<Histogram> histograms(std::string_view name,
                               std::string_view help,
                               std::vector<std::string> label_names = {},
                               std::vector<double> buckets = latency_buckets());

  // Keeps a callback of on_scrape() alive. Once it is destroyed the callback is not called again
  // and does not run any more.
  class Hook {
   public:
    Hook() = default;
    Hook(Hook&& other) noexcept;
    Hook& operator=(Hook&& other) noexcept;
    ~Hook();

   private:
    friend class Metrics;
    Hook(std::weak_ptr<State> state, int id) : state_(std::move(state)), id_(id) {}
    void drop();

    std::weak_ptr<State> state_;
    int id_ = 0;
  };

  // Calls `update` before each scrape, from the scraping thread: for gauges that are read from
  // somewhere (RocksDB, librdkafka) and not worth keeping current. It must be quick and must not
  // make or drop hooks.
  [[nodiscard]] Hook on_scrape(std::function<void()> update);

  // What a scrape would get.
  std::string text() const;

  // For Exposer.
  std::shared_ptr<prometheus::Collectable> collectable() const;

 private:
  // Shared with the scraping thread, which may be at work while Metrics goes.
  std::shared_ptr<State> state_;
};

}  // namespace encours
