#include "tests/perf/topic_times.h"

#include <map>
#include <vector>

#include "common/kafka/group_reader.h"
#include "encours/alerting/v1alpha1/alerts.pb.h"
#include "encours/dunning/v1alpha1/actions.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"

namespace encours::perf {
namespace {

using encours::alerting::v1alpha1::AlertRecord;
using encours::dunning::v1alpha1::DunningRecord;
using encours::receivables::v1alpha1::ReceivableRecord;

constexpr int kPollMs = 20;
constexpr std::size_t kPollRecords = 500;

// Begins each partition at its beginning: the topics are this run's own.
class FromStart final : public stream::RebalanceListener {
 public:
  void on_assigned(const std::vector<stream::TopicPartition>& partitions) override {
    for (const auto& one : partitions) positions_.push_back({one, 0});
  }
  void on_revoked() override {}
  std::vector<stream::NextOffset> take() { return std::exchange(positions_, {}); }

 private:
  std::vector<stream::NextOffset> positions_;
};

class Moments {
 public:
  explicit Moments(const Note& note) : note_(note) {}

  void take(const stream::LogRecord& record) {
    if (record.topic == "encours.receivables") {
      ReceivableRecord fact;
      if (fact.ParseFromString(record.value) && fact.has_invoice_recorded()) {
        note_("ledger", fact.invoice_recorded().invoice());
      }
    } else if (record.topic == "encours.alerts") {
      AlertRecord alert;
      const bool raised = alert.ParseFromString(record.value) && alert.has_raised();
      if (raised &&
          alert.raised().kind() == encours::alerting::v1alpha1::ALERT_KIND_LIMIT_EXCEEDED) {
        note_("alert", alert.account());
      }
    } else {
      DunningRecord fact;
      if (fact.ParseFromString(record.value)) take(fact);
    }
  }

 private:
  void take(const DunningRecord& fact) {
    if (fact.has_action_planned()) {
      const auto& action = fact.action_planned().action();
      if (action.lines().empty()) return;
      invoices_[action.id()] = action.lines(0).invoice();
      note_("planned", action.lines(0).invoice());
    } else if (fact.has_action_claimed()) {
      note_("claimed", invoices_[fact.action_claimed().action()]);
    } else if (fact.has_action_sent()) {
      note_("sent", invoices_[fact.action_sent().action()]);
    }
  }

  const Note& note_;
  std::map<std::string, std::string> invoices_;
};

}  // namespace

Status note_topics(const kafka::KafkaSettings& settings, const std::atomic<bool>& stopping,
                   const Note& note) {
  ENCOURS_ASSIGN(const auto reader, kafka::KafkaGroupReader::make(settings));
  FromStart positions;
  ENCOURS_TRY(reader->subscribe({"encours.receivables", "encours.dunning", "encours.alerts"},
                                &positions));
  Moments moments(note);
  while (!stopping) {
    std::vector<stream::FetchedRun> runs;
    ENCOURS_TRY(reader->poll(kPollMs, kPollRecords, &runs));
    for (const auto& run : runs) {
      for (const auto& fetched : run.records) {
        stream::LogRecord record;
        reader->read(run.at, fetched, &record);
        moments.take(record);
      }
    }
    if (const auto start = positions.take(); !start.empty()) ENCOURS_TRY(reader->start(start));
  }
  reader->close();
  return {};
}

}  // namespace encours::perf
