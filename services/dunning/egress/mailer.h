// Mailer: carries out the effect "mail": writes the message, keeps it, hands it over.
//
// Names and addresses are read from the sealed rows of the partition and opened here, where they
// are needed; nothing of them is told back. The message is in the document store before it leaves.
// Nothing leaves later than 30 seconds after the claim ("lease_expired": it is claimed anew), nor
// while sending is suspended. In events mode mails go to the simulator's server, and one that can't
// be reached is waited for: no time passes there meanwhile. Safe from any thread.
#pragma once

#include <atomic>
#include <string>

#include "common/documents/document_store.h"
#include "common/egress/effect_worker.h"
#include "common/egress/smtp_client.h"
#include "common/persons/sealer.h"
#include "common/stream/settings_view.h"
#include "common/stream/task_board.h"
#include "services/dunning/domain/render.h"
#include "services/dunning/egress/mail_message.h"

namespace encours::dunning {

struct MailServers {
  egress::SmtpConfig outside;
  egress::SmtpConfig simulator;
};

class Mailer {
 public:
  Mailer(const MailServers& servers, stream::TaskBoard& board, stream::SettingsView& settings,
         DocumentStore& documents, const Sealer& sealer, Clock& clock);

  egress::Performed send(const egress::PlannedEffect& effect);

 private:
  struct Person {
    Names names;
    Recipient to;
  };
  // Nothing where the row or its key is not there (yet).
  Result<std::optional<Person>> find(const egress::PlannedEffect& effect,
                                     const v1alpha1::Action& action) const;
  egress::Performed hand_over(const egress::PlannedEffect& effect, const v1alpha1::SendMail& mail,
                              const Person& person);

  egress::SmtpClient outside_;
  egress::SmtpClient simulator_;
  stream::TaskBoard& board_;
  stream::SettingsView& settings_;
  DocumentStore& documents_;
  const Sealer& sealer_;
  Clock& clock_;
};

}  // namespace encours::dunning
