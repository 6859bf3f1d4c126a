// Error <-> grpc::Status: one table says which canonical code an Error becomes.
//
// The reaction gives the code; a few well-known words in Error::code give a closer one
// ("customer_not_found" is NOT_FOUND). The client gets code, field and message three times: as
// trailing metadata (encours-error-code, encours-error-field), as details of the kind of
// google.rpc.Status with an encours.common.v1alpha1.Refusal, and the message as the status text.
// Errors that are not the sender's say nothing of our inside: their message is replaced, the log
// has it. Pure but for the metadata that attach() adds; any thread.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <string>

#include "common/base/result.h"

namespace encours::rpc {

inline constexpr const char* kErrorCodeKey = "encours-error-code";
inline constexpr const char* kErrorFieldKey = "encours-error-field";
inline constexpr const char* kTraceIdKey = "encours-trace-id";

// Errors that this folder itself makes, by words of the table.
Error deadline_exceeded(std::string message);
Error partition_moved();

// Code of a write of which nobody can say yet what became of it.
inline constexpr const char* kOutcomeUnknown = "outcome_unknown";

grpc::StatusCode status_code_of(const Error& error);

// "OK", "NOT_FOUND": for logs and metrics.
const char* status_code_name(grpc::StatusCode code);

// The status as the client may see it; `trace_id` is quoted where the message is replaced.
grpc::Status to_grpc(const Error& error, const std::string& trace_id);
// to_grpc(), and the metadata beside it.
grpc::Status attach(const Error& error,
                    const std::string& trace_id,
                    grpc::ServerContextBase* context);

// What a server answered, as an Error with its code and field; `status` is not OK.
Error from_grpc(const grpc::Status& status, const grpc::ClientContext& context);

}  // namespace encours::rpc
