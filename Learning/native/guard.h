// How a C++ failure becomes a status and a text of the calling thread.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace nct {

// A refusal of this library's own.
struct Refusal : std::runtime_error {
  Refusal(int32_t status, const std::string &text) : std::runtime_error(text), status(status) {}
  int32_t status;
};

int32_t Fail(int32_t status, const char *text) noexcept;

// To be called while an exception is being handled.
int32_t FailWithCurrent() noexcept;

template <typename Body>
int32_t Guard(Body body) noexcept {
  try {
    body();
    return 0;
  } catch (...) {
    return FailWithCurrent();
  }
}

}  // namespace nct
