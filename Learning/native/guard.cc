#include "guard.h"

#include <c10/util/Exception.h>

#include <cstring>
#include <new>

#include "neurochain_torch.h"

namespace nct {

namespace {

// Fixed, because the text of an out-of-memory must need none.
thread_local char last_error[2048] = "";

// libtorch's own class for this is younger than its 1.13, and the processor's allocator does not use it.
bool TellsOfMemory(const char *text) {
  return std::strstr(text, "out of memory") || std::strstr(text, "allocate memory") || std::strstr(text, "not enough memory");
}

}  // namespace

int32_t Fail(int32_t status, const char *text) noexcept {
  std::strncpy(last_error, text, sizeof last_error - 1);
  last_error[sizeof last_error - 1] = '\0';
  return status;
}

int32_t FailWithCurrent() noexcept {
  try {
    throw;
  } catch (const Refusal &refusal) {
    return Fail(refusal.status, refusal.what());
  } catch (const std::bad_alloc &) {
    return Fail(NCT_OUT_OF_MEMORY, "the processor's memory is used up");
  } catch (const c10::Error &error) {
    const char *text = error.what_without_backtrace();
    return Fail(TellsOfMemory(text) ? NCT_OUT_OF_MEMORY : NCT_TORCH, text);
  } catch (const std::exception &error) {
    return Fail(TellsOfMemory(error.what()) ? NCT_OUT_OF_MEMORY : NCT_TORCH, error.what());
  } catch (...) {
    return Fail(NCT_UNKNOWN, "an exception of no known kind");
  }
}

}  // namespace nct

const char *nct_error(void) { return nct::last_error; }
