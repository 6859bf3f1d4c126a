#include "services/dunning/egress/mailer.h"

#include "common/base/fault_point.h"
#include "common/persons/open_person.h"
#include "common/stream/decode.h"
#include "common/stream/view.h"
#include "services/dunning/domain/actions.h"
#include "services/dunning/domain/tables.h"
#include "services/dunning/egress/sending.h"

namespace encours::dunning {
namespace {

using egress::Performed;

constexpr const char* kMailType = "message/rfc822";
// A contact's data come by another topic than the facts that name it.
constexpr std::int64_t kPersonPauseMs = 250;
constexpr std::int64_t kSimulatorPauseMs = 1'000;
// So much of the lease must be left for the hand-over itself.
constexpr Duration kHandOver = std::chrono::seconds(5);

Performed failed(std::string code, std::string message) {
  Performed out;
  out.result = stream::v1alpha1::EFFECT_RESULT_FAILED;
  out.code = std::move(code);
  out.message = std::move(message);
  return out;
}

Performed outcome_of(const egress::HandOver& done, const std::string& sha256) {
  Performed out;
  if (done.handed == egress::Handed::kDone) {
    v1alpha1::MailSent sent;
    sent.set_message_sha256(sha256);
    out.type = sent.GetDescriptor()->full_name();
    out.body = stream::Effects::serialise(sent);
    return out;
  }
  out = failed(done.code, done.message);
  if (done.handed == egress::Handed::kUnknown) {
    out.result = stream::v1alpha1::EFFECT_RESULT_UNKNOWN;
  }
  return out;
}

}  // namespace

Mailer::Mailer(const MailServers& servers, stream::TaskBoard& board,
               stream::SettingsView& settings, DocumentStore& documents, const Sealer& sealer,
               Clock& clock)
    : outside_(servers.outside),
      simulator_(servers.simulator),
      board_(board),
      settings_(settings),
      documents_(documents),
      sealer_(sealer),
      clock_(clock) {}

Performed Mailer::send(const egress::PlannedEffect& effect) {
  v1alpha1::SendMail mail;
  ENCOURS_CHECK(mail.ParseFromString(effect.row.body()), "our own stage wrote the effect");
  if (is_suspended(settings_, effect, mail.action().channel())) {
    return failed("suspended", "Sending is suspended.");
  }
  const Instant last = stream::to_instant(mail.claimed_at()) + kLease - kHandOver;
  if (!effect.simulated() && clock_.now() > last) {
    return failed("lease_expired", "It could not leave in time after its claim.");
  }
  const auto person = find(effect, mail.action());
  if (!person) return failed("no_address", person.failure().message);
  if (!*person) return Performed::later(kPersonPauseMs);
  if (!is_mailbox((*person)->to.address)) {
    return failed("no_address", "The contact's mail address is none.");
  }
  // What an id stands for is of the claim, and nothing of the attempt.
  if (mutation_is_on("reuse_id_with_other_body")) {
    stream::set_timestamp(clock_.now(), mail.mutable_claimed_at());
  }
  return hand_over(effect, mail, **person);
}

Performed Mailer::hand_over(const egress::PlannedEffect& effect, const v1alpha1::SendMail& mail,
                            const Person& person) {
  const auto text = render(mail, person.names);
  if (!text) return failed("not_rendered", text.failure().message);
  const std::string message = build_mail(mail, *text, person.to);
  const auto kept = documents_.put(message, DocumentMeta{kMailType, {}});
  if (!kept) return Performed::later(kSimulatorPauseMs);
  auto& server = effect.simulated() ? simulator_ : outside_;
  const auto done = server.send(mail.sender().address(), person.to.address, message);
  const bool refused = done.code.rfind("smtp_5", 0) == 0;
  if (effect.simulated() && done.handed != egress::Handed::kDone && !refused) {
    return Performed::later(kSimulatorPauseMs);
  }
  return outcome_of(done, kept->sha256);
}

Result<std::optional<Mailer::Person>> Mailer::find(const egress::PlannedEffect& effect,
                                                   const v1alpha1::Action& action) const {
  std::optional<Person> nobody;
  const auto snapshot = board_.snapshot(effect.partition);
  if (!snapshot) return nobody;
  const stream::View view(*snapshot, scope_of(effect.tenant, action.account()));
  const auto open = [&](const std::string& id) {
    return open_person(view, kPersons, sealer_, {effect.tenant, action.account(), id});
  };
  ENCOURS_ASSIGN(const auto contact, open(action.contact()));
  ENCOURS_ASSIGN(const auto account, open(""));
  ENCOURS_TRY(snapshot->status());
  if (!contact || contact->customer_upserted().contacts_size() != 1) return nobody;
  const auto& data = contact->customer_upserted().contacts(0);
  Person person;
  person.names.contact = data.name();
  if (account) person.names.customer = account->customer_upserted().name();
  person.to = {data.name(), data.email()};
  return std::optional(person);
}

}  // namespace encours::dunning
