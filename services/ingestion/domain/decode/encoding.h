// Bytes of outside -> UTF-8. Whatever is passed on from here is well-formed UTF-8, because a
// Protobuf message with other bytes in a text can't be read again.
//
// Pure functions of their arguments; any bytes give an answer.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/utf8.h"
#include "encours/ingestion/v1alpha1/mapping.pb.h"

namespace encours::ingestion {

using TextEncoding = encours::ingestion::v1alpha1::TextEncoding;

// The text in UTF-8, or nothing where the bytes are no text in this encoding: broken UTF-8, or one
// of the five bytes that Windows-1252 leaves undefined.
std::optional<std::string> to_utf8(std::string_view bytes, TextEncoding encoding);

// Without blanks, tabs and no-break spaces at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace encours::ingestion
