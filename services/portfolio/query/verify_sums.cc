#include "services/portfolio/query/verify_sums.h"

#include <map>

#include "common/money/money.h"
#include "services/portfolio/query/row_scan.h"

namespace encours::portfolio {
namespace {

// What one customer owes and has in one currency, by two ways of counting.
struct Sums {
  std::int64_t open = 0;
  std::int64_t credit_notes = 0;
  std::int64_t cash = 0;
};

class Check {
 public:
  Check(const RowReader& rows, std::int64_t* checked) : rows_(rows), checked_(checked) {}

  Result<std::vector<std::string>> run() {
    read_invoices();
    read_movements();
    read_credits();
    compare_balances();
    ENCOURS_TRY(failure_);
    return std::move(findings_);
  }

 private:
  // Calls visit(tenant, account, KeyReader behind them, row) for all rows of a table.
  template <class Row, class Visit>
  void each(const Table<Row>& table, Visit visit) const {
    const std::string prefix = KeyWriter().byte(table.id).take();
    rows_.scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
      KeyReader reader(key.substr(1));
      const auto tenant = reader.text();
      const auto account = reader.text();
      ENCOURS_CHECK(tenant && account, "a key has the shape of its table");
      visit(*tenant, *account, reader, stream::View::parse<Row>(value));
      return true;
    });
  }

  void add(std::int64_t minor, std::int64_t* sum) {
    auto total = add_minor(*sum, minor);
    if (total) {
      *sum = *total;
    } else {
      failure_ = total.failure();
    }
  }

  // "customer C1 of t"
  static std::string name(const std::string& tenant, const std::string& account) {
    return "customer " + account + " of " + tenant;
  }
  static std::string invoice_key(const std::string& scope, const std::string& number) {
    return KeyWriter(scope).text(number).take();
  }

  void expect(std::int64_t found, std::int64_t expected, const std::string& what) {
    ++*checked_;
    if (found == expected) return;
    findings_.push_back(what + " is " + std::to_string(found) + ", expected " +
                        std::to_string(expected) + " (minor units)");
  }

  void read_invoices() {
    each(kInvoiceTable, [&](auto& tenant, auto& account, auto&, const auto& row) {
      const std::string scope = scope_of(tenant, account);
      add(row.open_amount_minor(), &sums_[scope][row.currency_code()].open);
    });
  }

  void read_movements() {
    std::string current;
    std::string what;
    std::int64_t sum = 0;
    const auto end_invoice = [&] {
      if (current.empty()) return;
      const auto bytes = rows_.get(KeyWriter().byte(kInvoiceTable.id).raw(current).bytes());
      const auto row =
          bytes ? stream::View::parse<state::InvoiceViewRow>(*bytes) : state::InvoiceViewRow();
      expect(row.open_amount_minor(), sum, "the open amount of " + what);
      sum = 0;
    };
    each(kInvoiceMovementTable, [&](auto& tenant, auto& account, auto& rest, const auto& row) {
      const std::string number = rest.text().value_or("");
      const std::string key = invoice_key(scope_of(tenant, account), number);
      if (key != current) {
        end_invoice();
        current = key;
        what = "invoice " + number + " of " + name(tenant, account);
      }
      add(row.delta_minor(), &sum);
    });
    end_invoice();
  }

  void read_credits() {
    each(kUnallocatedMovementTable, [&](auto& tenant, auto& account, auto& rest, const auto& row) {
      Sums& sums = sums_[scope_of(tenant, account)][rest.text().value_or("")];
      add(row.delta_minor(), row.credit_note() ? &sums.credit_notes : &sums.cash);
    });
  }

  void compare_balances() {
    each(kBalanceTable, [&](auto& tenant, auto& account, auto&, const auto& row) {
      const auto& balance = row.balance();
      Sums& sums = sums_[scope_of(tenant, account)][balance.currency_code()];
      const std::string of = " of " + name(tenant, account) + " in " + balance.currency_code();
      std::int64_t open = 0;
      for (const std::int64_t part : {balance.not_due(),
                                      balance.overdue_1_30(),
                                      balance.overdue_31_60(),
                                      balance.overdue_61_90(),
                                      balance.overdue_91_120(),
                                      balance.overdue_over_120()}) {
        add(part, &open);
      }
      expect(sums.open, open, "the sum of open invoices" + of);
      expect(sums.credit_notes, balance.unallocated_credit_notes(), "the sum of credit notes" + of);
      expect(sums.cash, balance.unallocated_cash(), "the unallocated cash" + of);
      sums = Sums();
    });
    // What is left belongs to no balance, so there must be nothing.
    for (const auto& [scope, by_currency] : sums_) {
      KeyReader reader(scope);
      const std::string tenant = reader.text().value_or("");
      const std::string account = reader.text().value_or("");
      for (const auto& [currency, sums] : by_currency) {
        const std::string of = " of " + name(tenant, account) + " without a balance";
        expect(sums.open, 0, "the sum of open invoices" + of);
        expect(sums.credit_notes, 0, "the sum of credit notes" + of);
        expect(sums.cash, 0, "the unallocated cash" + of);
      }
    }
  }

  const RowReader& rows_;
  std::int64_t* checked_;
  // By scope, then currency.
  std::map<std::string, std::map<std::string, Sums>> sums_;
  std::vector<std::string> findings_;
  Status failure_;
};

}  // namespace

Result<std::vector<std::string>> verify_sums(const RowReader& rows, std::int64_t* checked) {
  return Check(rows, checked).run();
}

}  // namespace encours::portfolio
