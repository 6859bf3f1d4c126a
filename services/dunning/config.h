// DunningConfig: the settings of the dunning service: those that all services have, and the mail
// servers that it hands messages over to.
#pragma once

#include "common/service/service_config.h"
#include "services/dunning/egress/mailer.h"

namespace encours::dunning {

struct DunningConfig : ServiceConfig {
  std::string smtp_url;
  std::string smtp_login_file;
  std::string smtp_ca_file;
  bool smtp_require_tls = true;
  std::string smtp_simulator_url;

  static void describe(config::Schema<DunningConfig>& schema) {
    describe_in(schema);
    schema.field("smtp_url", &DunningConfig::smtp_url,
                 "Mail server for tenants in wall mode, smtp://host:port; empty: none.");
    schema.field("smtp_login_file", &DunningConfig::smtp_login_file,
                 "File with user:password of that server; empty: it asks for none.");
    schema.field("smtp_ca_file", &DunningConfig::smtp_ca_file,
                 "Trusted certificates; empty: those of the system.");
    schema.field("smtp_require_tls", &DunningConfig::smtp_require_tls,
                 "Whether a connection without TLS is refused.");
    schema.field("smtp_simulator_url", &DunningConfig::smtp_simulator_url,
                 "Mail server for tenants in events mode, whose mails go to simulators only.");
  }

  MailServers mail_servers() const {
    MailServers servers;
    servers.outside.url = smtp_url;
    servers.outside.login_file = smtp_login_file;
    servers.outside.ca_file = smtp_ca_file;
    servers.outside.require_tls = smtp_require_tls;
    servers.simulator.url = smtp_simulator_url;
    return servers;
  }
};

}  // namespace encours::dunning
