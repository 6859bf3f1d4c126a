// Bytes of outside -> UTF-8. Whatever is passed on from here is well-formed UTF-8, because a
// Protobuf message with other bytes in a text can't be read again.
//
// Pure functions of their arguments; any bytes give an answer.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "encours/ingestion/v1alpha1/mapping.pb.h"

namespace encours::ingestion {

using TextEncoding = encours::ingestion::v1alpha1::TextEncoding;

// Well-formed by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

// The text in UTF-8, or nothing where the bytes are no text in this encoding: broken UTF-8, or one
// of the five bytes that Windows-1252 leaves undefined.
std::optional<std::string> to_utf8(std::string_view bytes, TextEncoding encoding);

// Fit for a message: what is no printable character becomes "?", the rest is cut at `max_bytes`
// (three full stops say so). For names of fields and columns only, never for values.
std::string printable(std::string_view bytes, std::size_t max_bytes = 64);

// Without blanks, tabs and no-break spaces at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace encours::ingestion
