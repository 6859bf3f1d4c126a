// Sha256Stream digests bytes that arrive in pieces, so that what is too large to be held is still
// known by its hash. A value of one owner and thread; take() ends it. It can't fail.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace encours {

class Sha256Stream {
 public:
  Sha256Stream();

  void add(std::string_view bytes);

  // 64 lower-case hex characters of all that was added; nothing may be added after it.
  std::string take();

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;
};

}  // namespace encours
