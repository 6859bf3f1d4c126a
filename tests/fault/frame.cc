#include "tests/fault/frame.h"

namespace encours::test {
namespace {

constexpr std::size_t kLengthBytes = 4;
// Kafka's own limit for a request (socket.request.max.bytes); answers of ours are smaller.
constexpr std::int32_t kMaxFrameBytes = 100 * 1024 * 1024;
// From here on the body is in the compact encoding, which our client does not speak.
constexpr std::int16_t kCompactEndTxn = 3;

// Reads from the front; what is missing makes all that follows invalid.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : left_(bytes) {}

  std::int64_t integer(std::size_t size) {
    std::uint64_t value = 0;
    for (const char byte : take(size)) value = value << 8 | static_cast<unsigned char>(byte);
    const std::size_t unused = 64 - 8 * size;
    return static_cast<std::int64_t>(value << unused) >> unused;  // Keeps the sign.
  }
  std::string string() {
    const std::int64_t size = integer(2);
    return size <= 0 ? std::string() : std::string(take(static_cast<std::size_t>(size)));
  }
  void skip(std::size_t size) { take(size); }
  bool good() const { return good_; }

 private:
  std::string_view take(std::size_t size) {
    good_ = good_ && size <= left_.size();
    if (!good_) return {};
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

  std::string_view left_;
  bool good_ = true;
};

Error not_kafka(const std::string& what) { return fatal("not_kafka", what); }

}  // namespace

Result<Request> read_request(std::string_view frame) {
  Bytes bytes(frame);
  bytes.skip(kLengthBytes);
  Request request;
  request.api_key = static_cast<ApiKey>(bytes.integer(2));
  request.version = static_cast<std::int16_t>(bytes.integer(2));
  request.correlation = static_cast<std::int32_t>(bytes.integer(4));
  if (!bytes.good()) return not_kafka("a request without a header");
  if (request.api_key != ApiKey::kEndTxn) return request;
  if (request.version >= kCompactEndTxn) return not_kafka("EndTxn in the compact encoding");
  static_cast<void>(bytes.string());  // The client's id.
  request.transactional_id = bytes.string();
  bytes.skip(8 + 2);
  request.commits = bytes.integer(1) != 0;
  if (!bytes.good()) return not_kafka("an EndTxn that ends early");
  return request;
}

Result<std::int32_t> read_correlation(std::string_view answer) {
  Bytes bytes(answer);
  bytes.skip(kLengthBytes);
  const auto correlation = static_cast<std::int32_t>(bytes.integer(4));
  if (!bytes.good()) return not_kafka("an answer without a header");
  return correlation;
}

Result<std::optional<std::string>> FrameCutter::next() {
  if (bytes_.size() < kLengthBytes) return std::optional<std::string>();
  const std::int64_t length = Bytes(bytes_).integer(kLengthBytes);
  if (length < 0 || length > kMaxFrameBytes) {
    return not_kafka("a frame of " + std::to_string(length) + " bytes");
  }
  const std::size_t size = kLengthBytes + static_cast<std::size_t>(length);
  if (bytes_.size() < size) return std::optional<std::string>();
  std::string frame = bytes_.substr(0, size);
  bytes_.erase(0, size);
  return std::optional<std::string>(std::move(frame));
}

}  // namespace encours::test
