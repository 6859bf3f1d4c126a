// The rules that an event must pass by itself, before any state is looked at.
//
// validate() gives every violation, each with a stable code, the path of the field and a sentence
// that says what to do; an event without one can be written, kept and decided on safely. Rules of
// form hold for all fields by their type (check_fields); rules of sense are those of the one kind
// of event (check_sense). Rules that need the ledger are the ledger's. Pure, any thread.
//
// Codes of form: text_too_long, invalid_character, surrounding_blanks, too_many_elements,
// invalid_date, invalid_instant, unknown_currency, amount_out_of_range, invalid_number,
// unknown_value, invalid_identifier, unknown_time_zone.
// Codes of sense: id_missing, missing_field, invalid_source, reserved_name, negative_amount,
// zero_amount, currency_mismatch, due_before_issue, end_before_start,
// instalments_do_not_add_up, totals_do_not_add_up, allocations_above_payment,
// allocations_above_credit_note, duplicate_id, contradiction.
#pragma once

#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "encours/erp/v1alpha1/events.pb.h"
#include "services/ingestion/domain/decode/findings.h"

namespace encours::ingestion {

using ErpEvent = encours::erp::v1alpha1::ErpEvent;

// Texts that name something and become part of keys; other plain texts; personal texts.
inline constexpr std::size_t kMaxNameBytes = 128;
inline constexpr std::size_t kMaxPlainTextBytes = 1024;
inline constexpr std::size_t kMaxPersonalTextBytes = 4096;
inline constexpr int kMaxElements = 10'000;
// 10,000 billion of a currency with cents. Sums of thousands of such amounts still fit int64.
inline constexpr std::int64_t kMaxAmountMinor = 1'000'000'000'000'000;
// A tenant in events mode gets two ticks for each day between its first and its last fact.
inline constexpr int kFirstYear = 1900;
inline constexpr int kLastYear = 2199;

std::vector<Error> validate(const ErpEvent& event);

// Letters, digits, ".", "_", ":" and "-"; at most 64 bytes.
bool is_source_name(std::string_view text);

void check_fields(const ErpEvent& event, Findings* findings);
void check_sense(const ErpEvent& event, Findings* findings);

}  // namespace encours::ingestion
