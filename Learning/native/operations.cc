// What a network is made of, and how it learns.
#include <cmath>
#include <vector>

#include "handles.h"

namespace {

template <typename Body>
int32_t Make(nct_tensor **out, Body body) {
  return nct::Guard([&] {
    nct::DemandBuffer(out, "the place for the result");
    *out = new nct_tensor(body());
  });
}

void DemandBias(const torch::Tensor &weight, const torch::Tensor &bias) {
  if (bias.dim() != 1 || bias.size(0) != weight.size(0)) nct::WrongSize("bias " + nct::Text(bias.sizes()) + " beside weight " + nct::Text(weight.sizes()));
}

}  // namespace

int32_t nct_conv2d(const nct_tensor *input, const nct_tensor *weight, const nct_tensor *bias, int64_t padding, nct_tensor **out) {
  return Make(out, [&] {
    const auto &x = nct::Demand(input, "the input");
    const auto &w = nct::Demand(weight, "the weight");
    const auto &b = nct::Demand(bias, "the bias");
    nct::DemandSameDevice(x, w);
    nct::DemandSameDevice(x, b);
    if (x.dim() != 4 || w.dim() != 4 || x.size(1) != w.size(1) || w.size(2) != w.size(3))
      nct::WrongSize("convolution of " + nct::Text(x.sizes()) + " with " + nct::Text(w.sizes()));
    DemandBias(w, b);
    if (padding < 0 || padding >= w.size(2)) nct::WrongSize("padding " + std::to_string(padding) + " for a kernel of " + std::to_string(w.size(2)));
    if (x.size(2) + 2 * padding < w.size(2) || x.size(3) + 2 * padding < w.size(2))
      nct::WrongSize("a kernel of " + std::to_string(w.size(2)) + " on " + nct::Text(x.sizes()));
    return torch::conv2d(x, w, b, /*stride=*/1, padding);
  });
}

int32_t nct_max_pool2d(const nct_tensor *input, int64_t window, nct_tensor **out) {
  return Make(out, [&] {
    const auto &x = nct::Demand(input, "the input");
    if (x.dim() != 4 || window < 1 || window > x.size(2) || window > x.size(3))
      nct::WrongSize("windows of " + std::to_string(window) + " on " + nct::Text(x.sizes()));
    return torch::max_pool2d(x, window);
  });
}

int32_t nct_relu(const nct_tensor *input, nct_tensor **out) {
  return Make(out, [&] { return torch::relu(nct::Demand(input, "the input")); });
}

int32_t nct_flatten(const nct_tensor *input, nct_tensor **out) {
  return Make(out, [&] {
    const auto &x = nct::Demand(input, "the input");
    if (x.dim() < 2) nct::WrongSize("nothing to flatten in " + nct::Text(x.sizes()));
    return torch::flatten(x, 1);
  });
}

int32_t nct_linear(const nct_tensor *input, const nct_tensor *weight, const nct_tensor *bias, nct_tensor **out) {
  return Make(out, [&] {
    const auto &x = nct::Demand(input, "the input");
    const auto &w = nct::Demand(weight, "the weight");
    const auto &b = nct::Demand(bias, "the bias");
    nct::DemandSameDevice(x, w);
    nct::DemandSameDevice(x, b);
    if (x.dim() != 2 || w.dim() != 2 || x.size(1) != w.size(1)) nct::WrongSize("a dense layer " + nct::Text(w.sizes()) + " on " + nct::Text(x.sizes()));
    DemandBias(w, b);
    return torch::linear(x, w, b);
  });
}

int32_t nct_cross_entropy(const nct_tensor *logits, const nct_tensor *targets, nct_tensor **out) {
  return Make(out, [&] {
    const auto &x = nct::Demand(logits, "the logits");
    const auto &y = nct::Demand(targets, "the targets");
    nct::DemandSameDevice(x, y);
    if (x.dim() != 2 || y.dim() != 1 || x.size(0) != y.size(0)) nct::WrongSize("logits " + nct::Text(x.sizes()) + " for targets " + nct::Text(y.sizes()));
    return torch::cross_entropy_loss(x, y);
  });
}

int32_t nct_sgd_new(nct_tensor *const *parameters, int32_t count, double rate, double momentum, double decay, nct_sgd **out) {
  return nct::Guard([&] {
    nct::DemandBuffer(parameters, "the list of parameters");
    nct::DemandBuffer(out, "the place for the optimizer");
    if (count < 1) nct::WrongSize("an optimizer of " + std::to_string(count) + " parameters");
    if (!std::isfinite(rate) || rate <= 0 || !(momentum >= 0 && momentum < 1) || !std::isfinite(decay) || decay < 0)
      nct::WrongSize("rate, momentum and decay are not those of a descent");
    std::vector<torch::Tensor> leaves;
    for (int32_t i = 0; i < count; i++) leaves.push_back(nct::Demand(parameters[i], "a parameter"));
    auto options = torch::optim::SGDOptions(rate).momentum(momentum).weight_decay(decay);
    *out = new nct_sgd(std::make_unique<torch::optim::SGD>(std::move(leaves), options));
  });
}

int32_t nct_sgd_step(nct_sgd *optimizer) {
  return nct::Guard([&] {
    nct::DemandBuffer(optimizer, "the optimizer");
    optimizer->value->step();
  });
}

int32_t nct_sgd_zero_grad(nct_sgd *optimizer) {
  return nct::Guard([&] {
    nct::DemandBuffer(optimizer, "the optimizer");
    optimizer->value->zero_grad();
  });
}

void nct_sgd_free(nct_sgd *optimizer) { delete optimizer; }
