#include "services/ingestion/domain/ledger/verify_sums.h"

#include <map>

#include "services/ingestion/domain/ledger/balance.h"

namespace encours::ingestion {
namespace {

using namespace ledger;  // NOLINT: the tables and rows of the ledger.

// Every row of one account, read once.
class AccountCheck {
 public:
  AccountCheck(const stream::View& view, std::string name) : view_(view), name_(std::move(name)) {}

  void run() {
    read_allocations();
    read_invoices();
    read_payments();
    read_credit_notes();
    compare_balances();
  }

  std::int64_t checked = 0;
  std::int64_t balance_rows = 0;
  std::vector<std::string> findings;

 private:
  struct Shares {
    std::int64_t taken = 0;
    std::int64_t live = 0;
  };

  template <class Row, class Visit>
  void each(const Table<Row>& table, Visit visit) {
    view_.scan(table, {}, [&](std::string_view, const Row& row) {
      visit(row);
      return true;
    });
  }

  void expect(std::int64_t found, std::int64_t expected, const std::string& what) {
    ++checked;
    if (found == expected) return;
    findings.push_back(what + " of " + name_ + " is " + std::to_string(found) + ", expected " +
                       std::to_string(expected) + " (minor units)");
  }

  void read_allocations() {
    each(kAllocationTable, [&](const AllocationRow& row) {
      for (const End& end : {origin_of(row), invoice_end(row.allocation().invoice())}) {
        shares_[end].taken += row.allocation().amount_minor();
        shares_[end].live += row.live_amount_minor();
      }
    });
  }

  void check_end(const End& end,
                 const std::string& what,
                 std::int64_t rest,
                 std::int64_t capacity,
                 std::int64_t live) {
    expect(rest, capacity - shares_[end].taken, "the rest of " + what);
    expect(live, shares_[end].live, "what is asked of " + what);
    if (rest < 0) findings.push_back("the rest of " + what + " of " + name_ + " is negative");
  }

  void read_invoices() {
    each(kInvoiceTable, [&](const InvoiceRow& row) {
      const auto& invoice = row.invoice();
      const bool cancelled = invoice.state() == state::LEDGER_INVOICE_STATE_CANCELLED;
      const std::int64_t open = invoice.open_amount_minor();
      check_end(invoice_end(invoice.number()),
                "invoice " + invoice.number(),
                open,
                cancelled ? 0 : invoice.gross_amount_minor(),
                row.live_amount_minor());
      if (open == 0) return;
      AccountBalance& sums = sums_[invoice.currency_code()];
      move_bucket(sums, invoice.counted_bucket(), open);
      sums.set_open_invoice_count(sums.open_invoice_count() + 1);
    });
  }

  void read_payments() {
    each(kPaymentTable, [&](const PaymentRow& row) {
      const auto& payment = row.payment();
      check_end(payment_end(payment.payment()),
                "payment " + payment.payment(),
                payment.unallocated_amount_minor(),
                payment.amount_minor() - row.rejected_amount_minor(),
                row.live_amount_minor());
      move_unallocated(
          sums_[payment.currency_code()], EndKind::kPayment, payment.unallocated_amount_minor());
    });
  }

  void read_credit_notes() {
    each(kCreditNoteTable, [&](const CreditNoteRow& row) {
      const auto& note = row.credit_note();
      check_end(credit_note_end(note.number()),
                "credit note " + note.number(),
                note.unallocated_amount_minor(),
                note.gross_amount_minor(),
                row.live_amount_minor());
      move_unallocated(
          sums_[note.currency_code()], EndKind::kCreditNote, note.unallocated_amount_minor());
    });
  }

  void compare_balances() {
    std::map<std::string, AccountBalance> kept;
    each(kBalanceTable, [&](const state::BalanceRow& row) {
      ++balance_rows;
      kept[row.balance().currency_code()] = row.balance();
      sums_[row.balance().currency_code()];
    });
    for (const auto& [currency, sums] : sums_) compare(kept[currency], sums, currency);
  }

  void compare(const AccountBalance& kept,
               const AccountBalance& sums,
               const std::string& currency) {
    using namespace encours::receivables::v1alpha1;  // NOLINT: the names of the six buckets.
    for (int bucket = AGING_BUCKET_NOT_DUE; bucket <= AGING_BUCKET_OVER_120; ++bucket) {
      const auto of = static_cast<AgingBucket>(bucket);
      expect(bucket_sum(kept, of), bucket_sum(sums, of), AgingBucket_Name(of) + " in " + currency);
    }
    expect(kept.unallocated_cash(), sums.unallocated_cash(), "the unallocated cash in " + currency);
    expect(kept.unallocated_credit_notes(),
           sums.unallocated_credit_notes(),
           "the unallocated credit notes in " + currency);
    expect(kept.open_invoice_count(),
           sums.open_invoice_count(),
           "the number of open invoices in " + currency);
  }

  const stream::View& view_;
  std::string name_;
  std::map<End, Shares> shares_;
  std::map<std::string, AccountBalance> sums_;
};

}  // namespace

Result<std::vector<std::string>> verify_sums(const RowReader& rows, std::int64_t* checked) {
  std::vector<std::string> findings;
  std::int64_t balance_rows = 0;
  const auto scan_table = [&](std::uint8_t id, const RowReader::Visitor& visit) {
    const std::string prefix = KeyWriter().byte(id).take();
    rows.scan(prefix, after_prefix(prefix), visit);
  };
  scan_table(kAccountTable.id, [&](std::string_view key, std::string_view) {
    KeyReader reader(key.substr(1));
    const std::string tenant = reader.text().value_or("");
    const std::string account = reader.text().value_or("");
    const stream::View view(rows, scope_of(tenant, account));
    AccountCheck check(view, tenant + "/" + account);
    check.run();
    *checked += check.checked;
    balance_rows += check.balance_rows;
    findings.insert(findings.end(), check.findings.begin(), check.findings.end());
    return true;
  });
  // Every account with a document has a row of its own, so this finds balances of nobody.
  std::int64_t all_balance_rows = 0;
  scan_table(kBalanceTable.id, [&](std::string_view, std::string_view) {
    ++all_balance_rows;
    return true;
  });
  if (all_balance_rows != balance_rows) {
    findings.push_back(std::to_string(all_balance_rows - balance_rows) +
                       " balances belong to no account");
  }
  return findings;
}

}  // namespace encours::ingestion
