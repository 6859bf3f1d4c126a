#include "tests/fault/generator.h"

#include <algorithm>
#include <random>

#include "common/base/hash.h"
#include "encours/stream/v1alpha1/command.pb.h"
#include "tally.pb.h"

namespace encours::test {
namespace {

using encours::stream::v1alpha1::Setting;
using encours::stream::v1alpha1::TenantSetting;
using tally::TallyRecord;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr int kDocuments = 700;

struct Tenant {
  std::string name;
  // Midnight there, as UTC: its ticks are at 00:00 and 08:00 of its own days.
  std::int64_t midnight_us;
};

class Generator {
 public:
  explicit Generator(const WorkloadOptions& options) : random_(options.seed) {
    out_.options = options;
    const std::int64_t first_day = options.first_day_s * kSecond;
    tenants_ = {{"atelier", first_day - kHour}, {"bureau", first_day + 5 * kHour}};
    tenants_.resize(options.tenants);
  }

  Workload take() {
    for (std::size_t t = 0; t < tenants_.size(); ++t) open_tenant(t);
    const int slices = 2 * out_.options.days;
    for (int slice = 0; slice < slices; ++slice) make_slice(slice, slices - 1);
    for (const auto& tenant : tenants_) out_.clocks.push_back("tenant/" + tenant.name);
    return std::move(out_);
  }

 private:
  std::int64_t draw(std::int64_t below) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(below));
  }

  // Small keys are drawn often, large ones so seldom that a day passes between their amounts.
  std::int64_t draw_key() {
    const std::int64_t keys = out_.options.keys;
    return draw(keys) * draw(keys) / keys;
  }

  // How many of `total` fall into this slice when all but the last slice have even shares.
  static int share(int total, int slice, int busy) {
    return slice == busy ? 0 : total * (slice + 1) / busy - total * slice / busy;
  }

  std::int64_t tick_at(const Tenant& tenant, int slice) const {
    const bool summer = out_.options.summer_time && slice > 3;
    return tenant.midnight_us + (slice / 2) * kDay + (slice % 2 == 0 ? 8 * kHour : kDay) -
           (summer ? kHour : 0);
  }

  void open_tenant(std::size_t index) {
    TenantSetting tenant;
    tenant.set_clock_mode(TenantSetting::CLOCK_MODE_EVENTS);
    tenant.set_time_zone(index == 0 ? "Europe/Paris" : "America/New_York");
    Setting setting;
    setting.set_sequence(static_cast<std::int64_t>(index) + 1);
    setting.set_kind("tenant");
    setting.set_name("tenant");
    setting.set_type(TenantSetting::descriptor()->full_name());
    setting.set_body(tenant.SerializeAsString());
    setting.mutable_envelope()->set_tenant(tenants_[index].name);
    setting.mutable_envelope()->set_id("open-" + tenants_[index].name);
    for (std::int32_t p = 0; p < out_.options.partitions; ++p) {
      out_.records.push_back(
          {"encours.settings", p, tenants_[index].name, setting.SerializeAsString(), {}, {}, {}});
    }
  }

  // All that lies between two ticks, in disorder, then the tick. The last one has nothing but its
  // tick, so that no amount waits for a tick that never comes.
  void make_slice(int slice, int busy) {
    const auto& options = out_.options;
    std::vector<InputRecord> made;
    for (int i = share(options.amounts, slice, busy); i > 0; --i) made.push_back(amount(slice));
    for (int i = share(options.late, slice, busy); i > 0 && slice > 0; --i) {
      made.push_back(amount(static_cast<int>(draw(slice))));
    }
    for (int i = share(options.poison, slice, busy); i > 0; --i) made.push_back(poison(slice));
    for (int i = share(options.oversize, slice, busy); i > 0; --i) made.push_back(oversize(slice));
    std::shuffle(made.begin(), made.end(), random_);
    for (auto& record : made) {
      if (!record.is_poison()) sent_.push_back(record);
      out_.records.push_back(std::move(record));
    }
    // Sent again later: within the slice (no second effect) or after its tick (a late amount).
    for (int i = share(options.duplicates, slice, busy); i > 0; --i) {
      const std::int64_t recent = std::min<std::int64_t>(static_cast<std::int64_t>(sent_.size()),
                                                         draw(2) == 0 ? 20 : 2000);
      out_.records.push_back(sent_[sent_.size() - 1 - draw(recent)]);
    }
    Workload::Cut cut;
    for (int i = share(options.regressing_ticks, slice, busy); i > 0 && slice > 0; --i) {
      tick(tenants_[draw(static_cast<std::int64_t>(tenants_.size()))],
           static_cast<int>(draw(slice)));
    }
    for (const auto& tenant : tenants_) {
      tick(tenant, slice);
      cut.ticks.push_back(Instant::from_unix_micros(tick_at(tenant, slice)));
    }
    cut.records = out_.records.size();
    out_.cuts.push_back(std::move(cut));
  }

  TallyRecord empty_amount(const Tenant& tenant, int slice) {
    const std::int64_t until = tick_at(tenant, slice);
    const std::int64_t from = slice == 0 ? tenant.midnight_us : tick_at(tenant, slice - 1);
    // Whole minutes, so that some are equal and some fall on a tick.
    const std::int64_t at = from + draw((until - from) / (60 * kSecond) + 1) * 60 * kSecond;
    TallyRecord record;
    auto& envelope = *record.mutable_envelope();
    envelope.set_tenant(tenant.name);
    envelope.set_id("entry-" + std::to_string(next_id_++));
    envelope.set_actor("erp:books");
    if (draw(3) == 0) envelope.set_correlation("case-" + std::to_string(draw(40)));
    envelope.mutable_occurred_at()->set_seconds(at / kSecond - draw(7) * 86400);
    envelope.mutable_recorded_at()->set_seconds(at / kSecond);
    envelope.set_order_key("books/" + std::to_string(draw(1000)));
    envelope.set_settings_version(static_cast<std::int64_t>(tenants_.size()));
    return record;
  }

  InputRecord amount(int slice) {
    const Tenant& tenant = tenants_[draw(static_cast<std::int64_t>(tenants_.size()))];
    TallyRecord record = empty_amount(tenant, slice);
    record.set_key("key-" + std::to_string(draw_key()));
    record.set_amount(draw(2'000'001) - 1'000'000);
    return input(tenant, record.SerializeAsString());
  }

  InputRecord input(const Tenant& tenant, std::string value) {
    const std::string key = tenant.name + "/document-" + std::to_string(draw(kDocuments));
    return {
        kTallyIn, partition_of(key, out_.options.partitions), key, std::move(value), {}, {}, {}};
  }

  InputRecord poison(int slice) {
    const Tenant& tenant = tenants_[draw(static_cast<std::int64_t>(tenants_.size()))];
    const std::string unique = " " + std::to_string(next_id_++);
    TallyRecord good = empty_amount(tenant, slice);
    InputRecord record;
    const std::int64_t kind = draw(5);
    if (kind == 0) {
      record = input(tenant, "not a record" + unique);
    } else if (kind == 1) {
      record = input(tenant, std::string("\x0A\x7F") + unique);
    } else if (kind == 2) {
      record = input(tenant, std::string("\x12\x03") + unique);
    } else if (kind == 3) {
      good.set_amount(7);
      record = input(tenant, good.SerializeAsString());
    } else {
      // A good envelope before a body that breaks off.
      record = input(tenant, good.SerializeAsString() + "\x1A\x7Fkey");
    }
    const char* says[][3] = {
        {"no_envelope", "envelope", "The record has neither an envelope nor a tick."},
        {"unreadable_envelope", "envelope", "The record's envelope can't be read."},
        {"unreadable_tick", "tick", "The record's tick can't be read."},
        {"missing_field", "key", "An amount needs a key."},
        {"missing_field", "key", "An amount needs a key."}};
    record.code = says[kind][0];
    record.field = says[kind][1];
    record.message = says[kind][2];
    return record;
  }

  // Its key of 600 KB is once in it, and would be twice in what becomes of it. Random, so that no
  // compression helps.
  InputRecord oversize(int slice) {
    const Tenant& tenant = tenants_[draw(static_cast<std::int64_t>(tenants_.size()))];
    TallyRecord large = empty_amount(tenant, slice);
    large.mutable_key()->resize(600'000);
    for (char& byte : *large.mutable_key()) byte = static_cast<char>('!' + draw(90));
    InputRecord record = input(tenant, large.SerializeAsString());
    record.code = "fact_too_large";
    record.message = "tally.mid takes 1048576 bytes a record.";
    return record;
  }

  void tick(const Tenant& tenant, int slice) {
    for (std::int32_t p = 0; p < out_.options.partitions; ++p) {
      TallyRecord record;
      auto& tick = *record.mutable_tick();
      tick.set_clock("tenant/" + tenant.name);
      tick.mutable_instant()->set_seconds(tick_at(tenant, slice) / kSecond);
      tick.set_settings_version(static_cast<std::int64_t>(tenants_.size()));
      tick.set_stage("clock");
      tick.set_partition(p);
      // Now and then a tick comes twice, as after a restart of the clock.
      for (int times = draw(6) == 0 ? 2 : 1; times > 0; --times) {
        out_.records.push_back(
            {kTallyIn, p, tick.clock(), record.SerializeAsString(), {}, {}, {}});
      }
    }
  }

  std::mt19937_64 random_;
  std::vector<Tenant> tenants_;
  std::vector<InputRecord> sent_;
  std::int64_t next_id_ = 1;
  Workload out_;
};

}  // namespace

Workload generate(const WorkloadOptions& options) { return Generator(options).take(); }

}  // namespace encours::test
