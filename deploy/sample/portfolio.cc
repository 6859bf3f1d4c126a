#include "deploy/sample/portfolio.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "common/base/check.h"
#include "deploy/sample/random.h"

namespace encours::sample {
namespace {

constexpr std::string_view kOwners[] = {"claire.besson", "julien.faure", "sofia.lemaire"};
constexpr std::string_view kEnglishOwners[] = {"tom.whitfield", "anna.keller"};
constexpr std::string_view kSales[] = {
    "marc.dubreuil", "ines.carpentier", "paul.okafor", "lucie.tanguy"};
constexpr std::string_view kCountryCodes[] = {"FR", "GB", "IE", "DE", "BE", "US"};
constexpr int kCountryShares[] = {66, 13, 4, 7, 6, 4};
constexpr int kHabitShares[] = {36, 20, 7, 7, 2, 5, 8, 9, 6};
constexpr std::string_view kFrenchTerms[] = {
    "30NET", "60NET", "45FDM", "FDM45", "30FDM10", "RECEPTION", "DECADE30"};
constexpr int kFrenchTermShares[] = {28, 22, 20, 8, 10, 4, 8};
constexpr std::string_view kOtherTerms[] = {"30NET", "14NET", "60NET"};
constexpr int kOtherTermShares[] = {60, 15, 25};
constexpr std::string_view kGroups[] = {"G-ARMOREL",
                                        "G-BELCASTRE",
                                        "G-WEXMERE",
                                        "G-HERMONTAL",
                                        "G-TARNWICK",
                                        "G-LORMERAY",
                                        "G-ALTMARBEN"};

// How much accounts buy: a long tail of those that buy little.
struct Volume {
  int share;
  int least;
  int most;
  std::int64_t median_net;
};
constexpr std::array<Volume, 5> kVolumes = {{{36, 1, 3, 45'000},
                                             {34, 3, 8, 85'000},
                                             {20, 8, 18, 160'000},
                                             {8, 18, 45, 420'000},
                                             {2, 45, 100, 1'150'000}}};

std::string segment_of(const Account& account, std::size_t volume, Random& random) {
  if (account.public_buyer) return "public";
  if (account.strategic) return "strategic";
  if (volume >= 3) return random.chance(700) ? "key" : "standard";
  return volume == 0 ? "small" : "standard";
}

void draw_volume(Account* account, Random& random) {
  std::array<int, kVolumes.size()> shares{};
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = kVolumes[i].share;
  const std::size_t index = random.weighted(shares);
  const Volume& volume = kVolumes[index];
  account->invoice_count = static_cast<int>(random.between(volume.least, volume.most));
  account->median_net = random.spread(volume.median_net);
  account->strategic = index >= 3 && random.chance(180);
  account->public_buyer = account->french() && index >= 1 && random.chance(45);
  account->natural_person = index == 0 && !account->public_buyer && random.chance(120);
  account->segment = segment_of(*account, index, random);
}

// From when to when an account buys, and when its habit shows.
void draw_life(const Options& options, Account* account, Random& random) {
  const int days = options.end - options.start();
  account->first_day = options.start();
  account->last_day = options.end;
  if (random.chance(250)) account->first_day = options.start() + random.between(30, days / 2);
  switch (account->habit) {
    case Habit::kLate:
      account->late_days = static_cast<int>(random.between(6, 30));
      break;
    case Habit::kSlipping:
      account->slips_from = options.end - random.between(120, 300);
      break;
    case Habit::kDefaulting:
      account->slips_from = options.end - random.between(200, 400);
      account->stops_on = options.end - random.between(50, 170);
      break;
    case Habit::kNewcomer:
      account->first_day = options.end - random.between(15, 150);
      account->invoice_count = std::max(1, std::min(account->invoice_count, 8));
      break;
    default:
      break;
  }
}

void draw_terms(Account* account, Random& random) {
  if (account->public_buyer) {
    account->terms = terms_of("30NET");
  } else if (account->french()) {
    account->terms = terms_of(kFrenchTerms[random.weighted(kFrenchTermShares)]);
  } else {
    account->terms = terms_of(kOtherTerms[random.weighted(kOtherTermShares)]);
  }
  constexpr int kRunShares[] = {46, 16, 14, 12, 12};
  account->runs = static_cast<Runs>(random.weighted(kRunShares));
  const bool debited = account->segment != "strategic" && random.chance(110);
  const bool by_cheque = account->segment == "small" && random.chance(90);
  account->terms.set_means(debited     ? erp::PAYMENT_MEANS_DIRECT_DEBIT
                           : by_cheque ? erp::PAYMENT_MEANS_CHEQUE
                                       : erp::PAYMENT_MEANS_CREDIT_TRANSFER);
}

// French customers are taxed, those of the British branch too; the rest of Europe and the world
// account for the tax themselves.
int tax_of(const Account& account, Random& random) {
  if (account.country->code == "GB") return account.currency == "GBP" ? 200 : 0;
  if (!account.french()) return 0;
  return random.chance(250) ? 55 : 200;
}

void draw_people(Account* account, Random& random) {
  account->owner = account->french() || account->country->code == "BE"
                       ? random.pick(kOwners)
                       : random.pick(kEnglishOwners);
  account->sales_owner = random.pick(kSales);
}

std::string drawn_name(const Account& account, Random& random) {
  const Country& where = *account.country;
  if (account.public_buyer) return "Ville de " + std::string(random.pick(where.words));
  if (account.natural_person) {
    return std::string(random.pick(where.first_names)) + " " +
           std::string(random.pick(where.last_names));
  }
  const std::string trade(random.pick(where.trades));
  const std::string word(random.pick(where.words));
  return (where.trade_first ? trade + " " + word : word + " " + trade) + " " +
         std::string(random.pick(where.forms));
}

// Some accounts are another site of the company before them, some belong to a group.
void join_others(const std::vector<Account>& before, Account* account, Random& random) {
  const Account& last = before.back();
  if (!last.named && !last.natural_person && !last.public_buyer && !account->natural_person &&
      !account->public_buyer && last.country == account->country && random.chance(70)) {
    account->siren = last.siren;
    account->legal_entity = last.legal_entity;
    account->establishment = last.establishment + 1;
    account->name = last.name + " " + std::string(account->town.name);
    account->group = last.group;
    account->group_parent = last.group_parent;
  } else if (random.chance(50)) {
    account->group = random.pick(kGroups);
  }
}

void join_group(const std::vector<Account>& before, Account* account) {
  if (account->group.empty() || !account->group_parent.empty()) return;
  const auto parent = std::find_if(before.begin(), before.end(), [&](const Account& other) {
    return other.group == account->group;
  });
  if (parent != before.end()) account->group_parent = parent->id;
}

// A name that is taken already is told apart by its town.
void make_unique(std::set<std::string>* names, Account* account) {
  if (!names->insert(account->name).second) {
    account->name += " " + std::string(account->town.name);
    for (int i = 2; !names->insert(account->name).second; ++i) {
      account->name += " " + std::to_string(i);
    }
  }
}

void draw_common(const Options& options, Account* account, Random& random) {
  account->id = account_id(account->number);
  account->town = random.pick(account->country->towns);
  account->currency = account->country->currency;
  account->language = account->country->language;
  account->tax_per_thousand = tax_of(*account, random);
  draw_life(options, account, random);
  draw_terms(account, random);
  draw_people(account, random);
}

Account make_named(const Options& options, int number) {
  const NamedAccount& named = named_accounts()[static_cast<std::size_t>(number - 1)];
  Random random(options.seed, "named/" + std::to_string(number));
  Account account;
  account.number = number;
  account.named = true;
  account.name = named.name;
  account.country = &country(named.country);
  account.segment = named.segment;
  account.strategic = named.segment == "strategic";
  account.habit = named.habit;
  account.invoice_count = named.invoice_count;
  account.median_net = named.median_net;
  draw_common(options, &account, random);
  account.first_day = options.start();
  complete_named(options, &account);
  return account;
}

Account make_drawn(const Options& options, int number, const std::vector<Account>& before) {
  Random random(options.seed, "account/" + std::to_string(number));
  Account account;
  account.number = number;
  account.country = &country(kCountryCodes[random.weighted(kCountryShares)]);
  account.habit = static_cast<Habit>(random.weighted(kHabitShares));
  draw_volume(&account, random);
  draw_common(options, &account, random);
  account.name = drawn_name(account, random);
  join_others(before, &account, random);
  join_group(before, &account);
  account.by_post = !account.natural_person && random.chance(40);
  return account;
}

// A defaulting company may be in a procedure, and a few are known to no provider.
Procedure procedure_for(const Account& account, Random& random) {
  if (account.named) {
    return named_accounts()[static_cast<std::size_t>(account.number - 1)].procedure;
  }
  if (account.habit == Habit::kDefaulting && random.chance(600)) {
    constexpr Procedure kLikely[] = {Procedure::kReorganisation,
                                     Procedure::kLiquidation,
                                     Procedure::kSafeguard,
                                     Procedure::kCeased};
    return random.pick(kLikely);
  }
  return random.chance(8) ? Procedure::kUnknown : Procedure::kNone;
}

}  // namespace

erp::PaymentTerms terms_of(std::string_view code) {
  struct Known {
    std::string_view code;
    erp::PaymentTermsKind kind;
    int days;
    int day_of_month;
  };
  constexpr std::array<Known, 9> kKnown = {
      {{"30NET", erp::PAYMENT_TERMS_KIND_NET_DAYS, 30, 0},
       {"14NET", erp::PAYMENT_TERMS_KIND_NET_DAYS, 14, 0},
       {"60NET", erp::PAYMENT_TERMS_KIND_NET_DAYS, 60, 0},
       {"45FDM", erp::PAYMENT_TERMS_KIND_DAYS_THEN_END_OF_MONTH, 45, 0},
       {"FDM45", erp::PAYMENT_TERMS_KIND_END_OF_MONTH_THEN_DAYS, 45, 0},
       {"30FDM10", erp::PAYMENT_TERMS_KIND_DAYS_THEN_END_OF_MONTH, 30, 10},
       {"RECEPTION", erp::PAYMENT_TERMS_KIND_ON_RECEIPT, 0, 0},
       {"AVANCE", erp::PAYMENT_TERMS_KIND_IN_ADVANCE, 0, 0},
       {"DECADE30", erp::PAYMENT_TERMS_KIND_DECADE_THEN_DAYS, 30, 0}}};
  for (const Known& one : kKnown) {
    if (one.code != code) continue;
    erp::PaymentTerms terms;
    terms.set_code(std::string(one.code));
    terms.set_kind(one.kind);
    terms.set_days(one.days);
    terms.set_day_of_month(one.day_of_month);
    terms.set_means(erp::PAYMENT_MEANS_CREDIT_TRANSFER);
    return terms;
  }
  ENCOURS_CHECK(false, "the sample knows these terms");
  return {};
}

std::string account_id(int number) {
  char text[16];
  std::snprintf(text, sizeof text, "C%05d", number);
  return text;
}

std::vector<Account> make_portfolio(const Options& options) {
  std::vector<Account> accounts;
  std::set<std::string> names;
  Register sirens(options.seed, options.end);
  const int named = static_cast<int>(named_accounts().size());
  ENCOURS_CHECK(options.accounts > named, "there are accounts besides the named ones");
  for (int number = 1; number <= options.accounts; ++number) {
    Account account =
        number <= named ? make_named(options, number) : make_drawn(options, number, accounts);
    if (account.legal_entity.empty()) {
      Random random(options.seed, "company/" + std::to_string(number));
      if (account.french()) account.siren = sirens.take(procedure_for(account, random));
      account.legal_entity = "LE-" + account.id;
    }
    make_unique(&names, &account);
    accounts.push_back(std::move(account));
  }
  return accounts;
}

std::string slug(const std::string& name) {
  // Latin letters with a mark, as two bytes of UTF-8 that begin with C3.
  constexpr std::string_view kPlain =
      "aaaaaaaceeeeiiiidnooooo-ouuuuypsaaaaaaaceeeeiiiidnooooo-ouuuuypy";
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    if (c == '\xC3' && i + 1 < name.size()) {
      c = kPlain[static_cast<std::size_t>(static_cast<unsigned char>(name[++i]) - 0x80)];
    }
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) out.push_back(c);
    if (!plain && !out.empty() && out.back() != '-') out.push_back('-');
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

}  // namespace encours::sample
