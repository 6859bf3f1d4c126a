// The life of actions: planned, claimed, sent, or held back (proto/encours/dunning, actions.proto).
//
// On an opening of the sending hours, invoices whose step is due are collected; then one message
// is made up for each case, with the step of its highest invoice. What becomes due later on that
// day is said at once, after the effect "collect" has waited for others of its account. A
// message's id is a hash of tenant, case, step key and day, the scenario's version being no part
// of it. It leaves in two phases, each an effect: "claim" comes back once all payments that were
// in before have been seen, and only then "mail" is asked for (in events mode at once: nothing
// happens while a tick waits). Whatever comes before the claim stops it. Pure.
#pragma once

#include <string>

#include "services/dunning/domain/casebook.h"

namespace encours::dunning {

// From the claim to the hand-over.
inline constexpr Duration kLease = std::chrono::seconds(30);

// An invoice's step timer has fired.
void look_at_invoice(CaseBook& book, const std::string& number, Instant due);
// A step has become due in the midst of the sending hours.
void say_at_once(CaseBook& book, const std::string& number);
// All due invoices of a currency have been collected.
void make_up_message(CaseBook& book, const std::string& currency);

// An invoice is settled, cancelled or chased by something newer: no planned message names it.
void take_out(CaseBook& book, const std::string& number, const std::string& reason_code);

// No more invoices are waited for.
void conclude_collect(CaseBook& book, const stream::Record& record);
// An effect of the action has ended.
void conclude_claim(CaseBook& book, const stream::Record& record);
void conclude_mail(CaseBook& book, const stream::Record& record);

// Asks for the claim again: after a pause, or once sending is allowed again.
void claim_again(CaseBook& book, const std::string& id);

}  // namespace encours::dunning
