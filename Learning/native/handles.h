// What the handles of the interface stand for, and the checks that all functions share.
#pragma once

#include <torch/optim/sgd.h>
#include <torch/types.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "guard.h"
#include "neurochain_torch.h"

extern std::atomic<int64_t> nct_live_handles;

struct nct_tensor {
  explicit nct_tensor(torch::Tensor tensor) : value(std::move(tensor)) { ++nct_live_handles; }
  ~nct_tensor() { --nct_live_handles; }
  torch::Tensor value;
};

struct nct_sgd {
  explicit nct_sgd(std::unique_ptr<torch::optim::SGD> sgd) : value(std::move(sgd)) { ++nct_live_handles; }
  ~nct_sgd() { --nct_live_handles; }
  std::unique_ptr<torch::optim::SGD> value;
};

namespace nct {

inline void DemandBuffer(const void *pointer, const char *name) {
  if (!pointer) throw Refusal(NCT_NULL_ARGUMENT, std::string(name) + " is missing");
}

inline const torch::Tensor &Demand(const nct_tensor *tensor, const char *name) {
  DemandBuffer(tensor, name);
  return tensor->value;
}

[[noreturn]] inline void WrongSize(const std::string &text) { throw Refusal(NCT_WRONG_SIZE, text); }

inline std::string Text(torch::IntArrayRef shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); i++) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

inline void DemandSameDevice(const torch::Tensor &a, const torch::Tensor &b) {
  if (a.device() != b.device()) throw Refusal(NCT_WRONG_DEVICE, "tensors on " + a.device().str() + " and " + b.device().str() + " in one operation");
}

torch::Device DeviceOf(int32_t device);

}  // namespace nct
