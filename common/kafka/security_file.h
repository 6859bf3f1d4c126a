// The security of the Kafka client as a file: librdkafka's own names, `name = value` a line.
//
//   # A whole line that begins so is a comment.
//   security.protocol = SASL_SSL
//   sasl.mechanisms = SCRAM-SHA-512
//   sasl.username = encours
//   sasl.password = ...
//   ssl.ca.location = /etc/encours/kafka/ca.crt
//
// A file, because it holds a password: it comes from where secrets are kept, and neither a process
// list nor a printed configuration shows it. Only names of security are taken: the rest of what we
// tell Kafka is measured (settings.h), and part of exactly-once.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace encours::kafka {

using Properties = std::vector<std::pair<std::string, std::string>>;

// What fails names the line, never a value.
Result<Properties> parse_security(const std::string& text);
// No file's name: nothing, which is plaintext.
Result<Properties> read_security_file(const std::string& file);

}  // namespace encours::kafka
