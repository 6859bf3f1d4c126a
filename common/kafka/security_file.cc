#include "common/kafka/security_file.h"

#include <fstream>
#include <sstream>

namespace encours::kafka {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_of_security(const std::string& name) {
  return name == "security.protocol" || name == "enable.ssl.certificate.verification" ||
         name.starts_with("ssl.") || name.starts_with("sasl.");
}

Error wrong_line(int number, const std::string& why) {
  return refused("kafka_security",
                 "line " + std::to_string(number),
                 "Line " + std::to_string(number) + " of the Kafka client's security: " + why);
}

}  // namespace

Result<Properties> parse_security(const std::string& text) {
  Properties properties;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    line = trimmed(line);
    if (line.empty() || line.starts_with('#')) continue;
    const auto equals = line.find('=');
    if (equals == std::string::npos) return wrong_line(number, "it is not name = value.");
    const std::string name = trimmed(line.substr(0, equals));
    if (!is_of_security(name)) {
      return wrong_line(number, "'" + name + "' is none of security.protocol, ssl.*, sasl.*.");
    }
    properties.emplace_back(name, trimmed(line.substr(equals + 1)));
  }
  return properties;
}

Result<Properties> read_security_file(const std::string& file) {
  if (file.empty()) return Properties{};
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return fatal("kafka_security", file + " can't be read.");
  return parse_security(text.str());
}

}  // namespace encours::kafka
