// kafka_publish BROKERS TOPIC: plays an ERP that publishes on Kafka, for the tests of this folder.
//
// Each line of standard input is a record: CONTENT_TYPE, a tab, BODY. The body goes out as it is,
// but for application/x-protobuf, where it is an ErpEvent in JSON and goes out as Protobuf, and for
// "hex", where it is bytes as digits without any content type. Ends when all are acknowledged.
#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <string>

#include "common/kafka/appender.h"
#include "encours/erp/v1alpha1/events.pb.h"

namespace {

using encours::stream::Outgoing;

constexpr const char* kProtobuf = "application/x-protobuf";

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

bool encode(const std::string& type, const std::string& body, Outgoing* out) {
  if (type == "hex") {
    out->value = from_hex(body);
    return true;
  }
  out->headers.emplace_back(encours::stream::kContentTypeHeader, type);
  out->value = body;
  if (type != kProtobuf) return true;
  encours::erp::v1alpha1::ErpEvent event;
  const auto read = google::protobuf::util::JsonStringToMessage(body, &event);
  out->value = event.SerializeAsString();
  return read.ok();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "kafka_publish BROKERS TOPIC\n";
    return 2;
  }
  encours::kafka::KafkaSettings settings;
  settings.bootstrap_servers = argv[1];
  settings.client_id = "erp";
  const auto appender = encours::kafka::Appender::make(settings);
  if (!appender) {
    std::cerr << appender.failure().message << "\n";
    return 1;
  }
  std::string line;
  int number = 0;
  while (std::getline(std::cin, line)) {
    const auto tab = line.find('\t');
    Outgoing out;
    out.topic = argv[2];
    out.key = std::to_string(number++);
    if (tab == std::string::npos || !encode(line.substr(0, tab), line.substr(tab + 1), &out)) {
      std::cerr << "line " << number << " is no record\n";
      return 2;
    }
    const auto landed = (*appender)->append_and_wait(std::move(out));
    if (!landed) {
      std::cerr << landed.failure().message << "\n";
      return 1;
    }
  }
  return 0;
}
