#include "common/rpc/status.h"

#include <google/protobuf/any.pb.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "common/base/check.h"
#include "common/base/utf8.h"
#include "common/rpc/wire_status.pb.h"
#include "encours/common/v1alpha1/refusal.pb.h"

namespace encours::rpc {
namespace {

using grpc::StatusCode;

// Well below the 8 KiB of metadata that a client takes by default.
constexpr std::size_t kMaxMessageBytes = 1024;
constexpr std::size_t kMaxWordBytes = 256;

struct ReactionRow {
  Reaction reaction;
  StatusCode code;
  // True: the sender is told the message. Else only a word of kWords shows it.
  bool shows_message;
};
constexpr std::array<ReactionRow, 7> kReactions = {{
    {Reaction::kRetry, StatusCode::UNAVAILABLE, false},
    {Reaction::kAbort, StatusCode::UNAVAILABLE, false},
    {Reaction::kMigrated, StatusCode::UNAVAILABLE, false},
    {Reaction::kCorrupted, StatusCode::UNAVAILABLE, false},
    {Reaction::kPoison, StatusCode::INVALID_ARGUMENT, true},
    {Reaction::kRefused, StatusCode::INVALID_ARGUMENT, true},
    {Reaction::kFatal, StatusCode::INTERNAL, false},
}};

struct WordRow {
  std::string_view word;  // "*_not_found" matches by its end, "too_many_*" by its beginning.
  StatusCode code;
};
// The first that matches counts. The canonical names are here so that a status which was forwarded
// keeps its code.
constexpr std::array<WordRow, 30> kWords = {{
    {"token_missing", StatusCode::UNAUTHENTICATED},
    {"token_refused", StatusCode::UNAUTHENTICATED},
    {"token_expired", StatusCode::UNAUTHENTICATED},
    {"token_not_yet_valid", StatusCode::UNAUTHENTICATED},
    {"unauthenticated", StatusCode::UNAUTHENTICATED},
    {"method_without_rule", StatusCode::PERMISSION_DENIED},
    {"role_not_allowed", StatusCode::PERMISSION_DENIED},
    {"tenant_not_allowed", StatusCode::PERMISSION_DENIED},
    {"permission_denied", StatusCode::PERMISSION_DENIED},
    {"deadline_exceeded", StatusCode::DEADLINE_EXCEEDED},
    {"cancelled", StatusCode::CANCELLED},
    {"request_id_reused", StatusCode::ALREADY_EXISTS},
    {"already_exists", StatusCode::ALREADY_EXISTS},
    {"*_already_exists", StatusCode::ALREADY_EXISTS},
    {"not_found", StatusCode::NOT_FOUND},
    {"*_not_found", StatusCode::NOT_FOUND},
    {"too_many_*", StatusCode::RESOURCE_EXHAUSTED},
    {"quota_exceeded", StatusCode::RESOURCE_EXHAUSTED},
    {"resource_exhausted", StatusCode::RESOURCE_EXHAUSTED},
    {"failed_precondition", StatusCode::FAILED_PRECONDITION},
    {"*_wrong_state", StatusCode::FAILED_PRECONDITION},
    {"out_of_range", StatusCode::OUT_OF_RANGE},
    {"aborted", StatusCode::ABORTED},
    {"out_of_date", StatusCode::ABORTED},
    {"unimplemented", StatusCode::UNIMPLEMENTED},
    {"partition_moved", StatusCode::UNAVAILABLE},
    {"partition_unanswered", StatusCode::UNAVAILABLE},
    {"outcome_unknown", StatusCode::UNAVAILABLE},
    {"position_not_reached", StatusCode::UNAVAILABLE},
    {"shutting_down", StatusCode::UNAVAILABLE},
}};

constexpr std::array<const char*, 17> kCodeNames = {"OK",
                                                    "CANCELLED",
                                                    "UNKNOWN",
                                                    "INVALID_ARGUMENT",
                                                    "DEADLINE_EXCEEDED",
                                                    "NOT_FOUND",
                                                    "ALREADY_EXISTS",
                                                    "PERMISSION_DENIED",
                                                    "RESOURCE_EXHAUSTED",
                                                    "FAILED_PRECONDITION",
                                                    "ABORTED",
                                                    "OUT_OF_RANGE",
                                                    "UNIMPLEMENTED",
                                                    "INTERNAL",
                                                    "UNAVAILABLE",
                                                    "DATA_LOSS",
                                                    "UNAUTHENTICATED"};

bool matches(std::string_view pattern, std::string_view code) {
  if (pattern.front() == '*') {
    const std::string_view end = pattern.substr(1);
    return code.size() > end.size() && code.substr(code.size() - end.size()) == end;
  }
  if (pattern.back() == '*') {
    const std::string_view start = pattern.substr(0, pattern.size() - 1);
    return code.size() > start.size() && code.substr(0, start.size()) == start;
  }
  return pattern == code;
}

const ReactionRow& row_of(Reaction reaction) {
  for (const ReactionRow& row : kReactions) {
    if (row.reaction == reaction) return row;
  }
  check_failed("row", __FILE__, __LINE__, "a reaction without a row in the table");
}

// Our own failures keep their code whatever they are named.
std::optional<StatusCode> code_by_word(const Error& error) {
  if (error.reaction == Reaction::kFatal || error.reaction == Reaction::kCorrupted ||
      error.reaction == Reaction::kAbort) {
    return std::nullopt;
  }
  for (const WordRow& row : kWords) {
    if (matches(row.word, error.code)) return row.code;
  }
  return std::nullopt;
}

std::string message_for(const Error& error, StatusCode code, const std::string& trace_id) {
  if (row_of(error.reaction).shows_message || code_by_word(error)) return error.message;
  if (code == StatusCode::UNAVAILABLE) {
    return "The service can't answer this right now. Ask again in a moment.";
  }
  return "Something went wrong on our side. Quote the trace " + trace_id + " when you report it.";
}

// Protobuf refuses to read strings that are not UTF-8, and a column name can be anything.
std::string as_utf8(const std::string& text, std::size_t max_bytes) {
  return valid_utf8(cut_utf8(text, max_bytes));
}

// gRPC gives up a call whose metadata holds anything but printable ASCII.
std::string as_metadata(const std::string& text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string safe;
  for (const char c : text) {
    if (c > ' ' && c <= '~' && c != '%') {
      safe.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      safe += {'%', kDigits[byte >> 4], kDigits[byte & 0xF]};
    }
    if (safe.size() >= kMaxWordBytes) break;
  }
  return safe;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string from_metadata(std::string_view safe) {
  std::string text;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const int high = i + 2 < safe.size() ? hex_digit(safe[i + 1]) : -1;
    const int low = i + 2 < safe.size() ? hex_digit(safe[i + 2]) : -1;
    if (safe[i] == '%' && high >= 0 && low >= 0) {
      text.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      text.push_back(safe[i]);
    }
  }
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void add_detail(const google::protobuf::Message& message,
                const std::string& type,
                wire::Status* status) {
  google::protobuf::Any* any = status->add_details();
  any->set_type_url("type.googleapis.com/" + type);
  any->set_value(message.SerializeAsString());
}

std::string details_of(const Error& error, StatusCode code, const std::string& message) {
  wire::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(message);

  encours::common::v1alpha1::Refusal refusal;
  refusal.set_code(as_utf8(error.code, kMaxWordBytes));
  refusal.set_field(as_utf8(error.field, kMaxWordBytes));
  refusal.set_message(message);
  add_detail(refusal, refusal.GetDescriptor()->full_name(), &status);

  wire::ErrorInfo info;
  info.set_reason(upper(refusal.code()));
  info.set_domain("encours");
  add_detail(info, "google.rpc.ErrorInfo", &status);

  if (!error.field.empty()) {
    wire::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(refusal.field());
    violation->set_description(message);
    add_detail(bad, "google.rpc.BadRequest", &status);
  }
  return status.SerializeAsString();
}

// The reaction of a caller, for each canonical code.
Reaction reaction_of(StatusCode code) {
  switch (code) {
    case StatusCode::UNAVAILABLE:
    case StatusCode::DEADLINE_EXCEEDED:
    case StatusCode::CANCELLED:
    case StatusCode::ABORTED:
    case StatusCode::RESOURCE_EXHAUSTED:
      return Reaction::kRetry;
    case StatusCode::INTERNAL:
    case StatusCode::UNKNOWN:
    case StatusCode::DATA_LOSS:
      return Reaction::kFatal;
    default:
      return Reaction::kRefused;
  }
}

std::string trailing(const grpc::ClientContext& context, const char* key) {
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return {};
  return from_metadata(std::string_view(found->second.data(), found->second.size()));
}

}  // namespace

Error deadline_exceeded(std::string message) {
  return error(Reaction::kRetry, "deadline_exceeded", std::move(message));
}

Error partition_moved() {
  return error(Reaction::kMigrated,
               "partition_moved",
               "What you asked for is moving to another instance. Ask again in a moment.");
}

StatusCode status_code_of(const Error& error) {
  const auto by_word = code_by_word(error);
  return by_word ? *by_word : row_of(error.reaction).code;
}

const char* status_code_name(StatusCode code) {
  const auto number = static_cast<std::size_t>(code);
  return number < kCodeNames.size() ? kCodeNames[number] : "UNKNOWN";
}

grpc::Status to_grpc(const Error& error, const std::string& trace_id) {
  const StatusCode code = status_code_of(error);
  const std::string message = as_utf8(message_for(error, code, trace_id), kMaxMessageBytes);
  return grpc::Status(code, message, details_of(error, code, message));
}

grpc::Status attach(const Error& error,
                    const std::string& trace_id,
                    grpc::ServerContextBase* context) {
  context->AddTrailingMetadata(kErrorCodeKey, as_metadata(error.code));
  if (!error.field.empty()) {
    context->AddTrailingMetadata(kErrorFieldKey, as_metadata(error.field));
  }
  context->AddTrailingMetadata(kTraceIdKey, trace_id);
  return to_grpc(error, trace_id);
}

Error from_grpc(const grpc::Status& status, const grpc::ClientContext& context) {
  ENCOURS_CHECK(!status.ok(), "from_grpc() of a good status");
  Error failure;
  failure.reaction = reaction_of(status.error_code());
  failure.code = trailing(context, kErrorCodeKey);
  if (failure.code.empty()) failure.code = lower(status_code_name(status.error_code()));
  failure.field = trailing(context, kErrorFieldKey);
  failure.message = status.error_message();
  return failure;
}

}  // namespace encours::rpc
