// RiskConfig: the settings of risk-enrichment: those that all services have, and where each
// provider is and how much it may be asked.
//
// Values are read once at start; the files of secrets are read again whenever they are replaced.
#pragma once

#include <string>

#include "common/service/service_config.h"
#include "services/risk_enrichment/fetch/fetcher.h"

namespace encours::risk {

struct ProviderConfig {
  std::string url;
  std::string secret_file;
  std::string simulator_url;
  std::string ca_file;
  std::int32_t per_minute = 30;
  std::int32_t burst = 5;
  std::int32_t concurrent = 4;
  std::int32_t connect_timeout_ms = 5'000;
  std::int32_t total_timeout_ms = 30'000;
  std::int32_t max_answer_kib = 2'048;
  bool private_redirects = false;
  std::int32_t breaker_failures = 5;
  std::int32_t breaker_open_ms = 30'000;

  static void describe(config::Schema<ProviderConfig>& schema) {
    using config::between;
    schema.field("url",
                 &ProviderConfig::url,
                 "Address of the provider, without a slash at its end; empty: it is not asked.");
    schema.field("secret_file",
                 &ProviderConfig::secret_file,
                 "File with its key or user:password; read again when it is replaced.");
    schema.field("simulator_url",
                 &ProviderConfig::simulator_url,
                 "Address of its simulator, for tenants in events mode; it gets no secret.");
    schema.field("ca_file",
                 &ProviderConfig::ca_file,
                 "Certificates to trust instead of the machine's; empty: the machine's.");
    schema.field("per_minute",
                 &ProviderConfig::per_minute,
                 "Calls a minute that the provider allows; 0: no limit.",
                 between(0, 1'000'000));
    schema.field("burst",
                 &ProviderConfig::burst,
                 "Calls that may follow each other at once within that.",
                 between(1, 10'000));
    schema.field("concurrent", &ProviderConfig::concurrent, "Calls at a time.", between(1, 64));
    schema.field("connect_timeout_ms",
                 &ProviderConfig::connect_timeout_ms,
                 "Longest time for a connection.",
                 between(10, 300'000));
    schema.field("total_timeout_ms",
                 &ProviderConfig::total_timeout_ms,
                 "Longest time for a call and its whole answer.",
                 between(10, 600'000));
    schema.field("max_answer_kib",
                 &ProviderConfig::max_answer_kib,
                 "Largest answer that is read, decoded.",
                 between(1, 32'768));
    schema.field("private_redirects",
                 &ProviderConfig::private_redirects,
                 "Whether a redirect may lead to a private address.");
    schema.field("breaker_failures",
                 &ProviderConfig::breaker_failures,
                 "Failures in a row after which it is left alone; 0: never.",
                 between(0, 10'000));
    schema.field("breaker_open_ms",
                 &ProviderConfig::breaker_open_ms,
                 "How long it is left alone before the next probe.",
                 between(10, 3'600'000));
  }

  Endpoint real(const std::string& name) const {
    return {url,
            secret_file,
            http(name),
            {concurrent, per_minute, burst, breaker_failures, breaker_open_ms}};
  }
  // Neither rate nor breaker: see fetcher.h.
  Endpoint simulated(const std::string& name) const {
    return {simulator_url, "", http(name + "_simulator"), {64, 0, 1, 0, 0}};
  }

 private:
  egress::HttpOptions http(const std::string& name) const {
    egress::HttpOptions options;
    options.name = name;
    options.connect_timeout_ms = connect_timeout_ms;
    options.total_timeout_ms = total_timeout_ms;
    options.max_answer_bytes = static_cast<std::size_t>(max_answer_kib) * 1024;
    options.private_redirect = private_redirects;
    options.ca_file = ca_file;
    return options;
  }
};

struct RiskConfig : ServiceConfig {
  ProviderConfig sirene;
  ProviderConfig altares;
  std::int32_t raw_answer_kept_days = 90;

  static void describe(config::Schema<RiskConfig>& schema) {
    describe_in(schema);
    schema.group("sirene", &RiskConfig::sirene);
    schema.group("altares", &RiskConfig::altares);
    schema.field("raw_answer_kept_days",
                 &RiskConfig::raw_answer_kept_days,
                 "Days for which raw answers stay in the document store.",
                 config::between(1, 3653));
  }

  FetcherOptions fetcher_options() const {
    FetcherOptions options;
    options.real = {{"altares", altares.real("altares")}, {"sirene", sirene.real("sirene")}};
    options.simulated = {{"altares", altares.simulated("altares")},
                         {"sirene", sirene.simulated("sirene")}};
    options.simulators_only = effects == "simulators";
    options.raw_answer_kept_days = raw_answer_kept_days;
    return options;
  }
};

}  // namespace encours::risk
