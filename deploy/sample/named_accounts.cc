// The accounts with a story, and what each has besides.
#include <algorithm>

#include "deploy/sample/portfolio.h"

namespace encours::sample {
namespace {

constexpr int kBuyer = 1;
constexpr int kGroupParent = 4;
constexpr int kInLondon = 7;
constexpr int kThreeCurrencies = 10;
constexpr int kDebited = 11;
constexpr int kTown = 14;
constexpr int kSoleTrader = 15;
constexpr int kShut = 20;
// Whose scenes settle invoices in ways that no service reads yet.
constexpr int kByPost[] = {4, 5, 13, 18, 20, 21, 22};

constexpr NamedAccount kNamedAccounts[] = {
    {"Les Tables d'Armorel SAS",
     "FR",
     "strategic",
     Habit::kPrompt,
     0,
     38'000,
     Procedure::kNone,
     "thousands of invoices on one account, paid in two runs a month"},
    {"Brasserie Valmondrin SAS",
     "FR",
     "key",
     Habit::kSlipping,
     70,
     310'000,
     Procedure::kNone,
     "a good payer that has been slipping since spring"},
    {"Traiteur Orvenne SARL",
     "FR",
     "standard",
     Habit::kPartial,
     36,
     140'000,
     Procedure::kNone,
     "promises: kept, broken, replaced, and a plan that runs"},
    {"Groupe Hôtelier Pontavel SA",
     "FR",
     "strategic",
     Habit::kLate,
     40,
     520'000,
     Procedure::kNone,
     "the head of a group of four accounts; it also pays for the others"},
    {"Hôtel Pontavel Nice SAS",
     "FR",
     "key",
     Habit::kLate,
     30,
     240'000,
     Procedure::kNone,
     "a house of the group Pontavel"},
    {"Hôtel Pontavel Lyon SAS",
     "FR",
     "key",
     Habit::kLate,
     30,
     210'000,
     Procedure::kNone,
     "a house of the group Pontavel"},
    {"Pontavel Hotels London Ltd",
     "GB",
     "key",
     Habit::kPrompt,
     24,
     260'000,
     Procedure::kNone,
     "a house of the group Pontavel, in pounds and in English"},
    {"Cantines Lussandre SA",
     "FR",
     "key",
     Habit::kErratic,
     60,
     290'000,
     Procedure::kNone,
     "disputes in every state, one of them unanswered for too long"},
    {"Hôtels Mirandelle SAS",
     "FR",
     "key",
     Habit::kLate,
     60,
     640'000,
     Procedure::kNone,
     "over its limit, with orders that wait"},
    {"Kestrelwick Contract Catering Ltd",
     "GB",
     "strategic",
     Habit::kLate,
     75,
     380'000,
     Procedure::kNone,
     "one account in three currencies: EUR, GBP and USD"},
    {"Boulangeries Galvenne SARL",
     "FR",
     "standard",
     Habit::kPrompt,
     48,
     70'000,
     Procedure::kNone,
     "direct debits, two of them sent back by the bank"},
    {"Restauration Corvignan SAS",
     "FR",
     "key",
     Habit::kDefaulting,
     52,
     330'000,
     Procedure::kReorganisation,
     "in reorganisation (redressement judiciaire) and paying nothing"},
    {"Auberge Drouhaut EURL",
     "FR",
     "standard",
     Habit::kDefaulting,
     26,
     120'000,
     Procedure::kLiquidation,
     "in liquidation; part of its debt is written off"},
    {"Ville de Sauvenière",
     "FR",
     "public",
     Habit::kLate,
     40,
     260'000,
     Procedure::kNone,
     "a public buyer: every status of the e-invoicing reform"},
    {"Camille Jonvale",
     "FR",
     "small",
     Habit::kErratic,
     14,
     42'000,
     Procedure::kNone,
     "a sole trader: decisions about a natural person"},
    {"Ashmerrow Inns Ltd",
     "GB",
     "standard",
     Habit::kPartial,
     40,
     130'000,
     Procedure::kNone,
     "in English: a dispute, a broken promise, a hold"},
    {"Distribution Quérigny SA",
     "FR",
     "key",
     Habit::kPrompt,
     44,
     480'000,
     Procedure::kNone,
     "bills of exchange: accepted, honoured, unpaid"},
    {"Nantrève Palaces SA",
     "FR",
     "strategic",
     Habit::kPrompt,
     90,
     720'000,
     Procedure::kNone,
     "a strategic customer that always pays early"},
    {"Wexmere Events Ltd",
     "GB",
     "standard",
     Habit::kReturning,
     22,
     110'000,
     Procedure::kNone,
     "quiet for a year, and back since the summer"},
    {"Épicerie Uzelande SARL",
     "FR",
     "small",
     Habit::kErratic,
     16,
     38'000,
     Procedure::kCeased,
     "closed: write-offs, one of them paid after all"},
    {"Maison Tolmarin SAS",
     "FR",
     "key",
     Habit::kPrompt,
     20,
     560'000,
     Procedure::kNone,
     "a building site: orders, down payments, instalments, money held back"},
    {"Résidences Hautrivel SAS",
     "FR",
     "standard",
     Habit::kPrompt,
     30,
     180'000,
     Procedure::kNone,
     "claims sold to a factor, set-off, credit notes"}};

// One account has five invoices for each account of the sample, at most 5,000: what is slow with
// many is seen, and a small sample stays small.
int buyer_invoices(int accounts) { return std::min(5000, accounts * 5); }

}  // namespace

std::span<const NamedAccount> named_accounts() { return kNamedAccounts; }

void complete_named(const Options& options, Account* account) {
  account->terms = terms_of(account->french() ? "45FDM" : "30NET");
  account->by_post = std::find(std::begin(kByPost), std::end(kByPost), account->number) !=
                     std::end(kByPost);
  switch (account->number) {
    case kBuyer:
      account->invoice_count = buyer_invoices(options.accounts);
      account->terms = terms_of("DECADE30");
      account->runs = Runs::kTenthAndTwentyFifth;
      account->tax_per_thousand = 55;
      break;
    case kGroupParent:
    case kGroupParent + 1:
    case kGroupParent + 2:
    case kInLondon:
      account->group = "G-PONTAVEL";
      account->late_days = 9;
      if (account->number == kGroupParent) break;
      account->group_parent = account_id(kGroupParent);
      if (account->french()) account->paying_account = account_id(kGroupParent);
      break;
    case kThreeCurrencies:
      account->currency = "EUR";
      account->tax_per_thousand = 0;
      account->late_days = 12;
      break;
    case kDebited:
      account->terms.set_means(erp::PAYMENT_MEANS_DIRECT_DEBIT);
      break;
    case kTown:
      account->public_buyer = true;
      account->terms = terms_of("30NET");
      account->late_days = 18;
      break;
    case kSoleTrader:
      account->natural_person = true;
      account->terms = terms_of("RECEPTION");
      break;
    case kShut:
      account->last_day = options.end - 150;
      break;
    default:
      break;
  }
}

}  // namespace encours::sample
