// Tensors: made, read and given back.
#include "handles.h"

namespace {

torch::Tensor Copied(const void *values, int64_t count, const int64_t *shape, int32_t dimensions, int32_t device, torch::ScalarType type) {
  nct::DemandBuffer(values, "the buffer of values");
  nct::DemandBuffer(shape, "the shape");
  if (dimensions < 1 || dimensions > NCT_DIMENSIONS_MAX)
    nct::WrongSize(std::to_string(dimensions) + " dimensions, 1 to " + std::to_string(NCT_DIMENSIONS_MAX) + " are possible");
  int64_t product = 1;
  for (int32_t i = 0; i < dimensions; i++) {
    if (shape[i] < 1 || shape[i] > NCT_VALUES_MAX / product) nct::WrongSize("a shape with the extent " + std::to_string(shape[i]));
    product *= shape[i];
  }
  if (product != count)
    nct::WrongSize(std::to_string(count) + " values for the shape " + nct::Text(torch::IntArrayRef(shape, dimensions)) + " of " + std::to_string(product));
  const auto place = nct::DeviceOf(device);
  // from_blob does not copy and does not write.
  const auto view = torch::from_blob(const_cast<void *>(values), torch::IntArrayRef(shape, dimensions), torch::TensorOptions(type));
  return place.is_cuda() ? view.to(place) : view.clone();
}

}  // namespace

int32_t nct_tensor_float32(const float *values, int64_t count, const int64_t *shape, int32_t dimensions, int32_t device, nct_tensor **out) {
  return nct::Guard([&] {
    nct::DemandBuffer(out, "the place for the tensor");
    *out = new nct_tensor(Copied(values, count, shape, dimensions, device, torch::kFloat32));
  });
}

int32_t nct_tensor_uint8(const uint8_t *values, int64_t count, const int64_t *shape, int32_t dimensions, int32_t device, nct_tensor **out) {
  return nct::Guard([&] {
    nct::DemandBuffer(out, "the place for the tensor");
    *out = new nct_tensor(Copied(values, count, shape, dimensions, device, torch::kUInt8));
  });
}

// Checked here once: on a CUDA device a label out of range would end the process's use of the device.
int32_t nct_tensor_labels(const uint8_t *labels, int64_t count, int32_t classes, int32_t device, nct_tensor **out) {
  return nct::Guard([&] {
    nct::DemandBuffer(out, "the place for the tensor");
    nct::DemandBuffer(labels, "the buffer of labels");
    for (int64_t i = 0; i < count; i++)
      if (labels[i] >= classes)
        nct::WrongSize("sample " + std::to_string(i) + " has the label " + std::to_string(labels[i]) + " of " + std::to_string(classes) + " classes");
    *out = new nct_tensor(Copied(labels, count, &count, 1, device, torch::kUInt8).to(torch::kInt64));
  });
}

void nct_tensor_free(nct_tensor *tensor) { delete tensor; }

int32_t nct_tensor_shape(const nct_tensor *tensor, int64_t *shape, int32_t capacity, int32_t *dimensions) {
  return nct::Guard([&] {
    nct::DemandBuffer(shape, "the buffer for the shape");
    nct::DemandBuffer(dimensions, "the number of dimensions");
    const auto sizes = nct::Demand(tensor, "the tensor").sizes();
    for (int32_t i = 0; i < capacity && i < static_cast<int32_t>(sizes.size()); i++) shape[i] = sizes[i];
    *dimensions = static_cast<int32_t>(sizes.size());
  });
}

int32_t nct_tensor_read(const nct_tensor *tensor, float *values, int64_t count) {
  return nct::Guard([&] {
    nct::DemandBuffer(values, "the buffer for values");
    const auto &value = nct::Demand(tensor, "the tensor");
    if (value.numel() != count) nct::WrongSize("room for " + std::to_string(count) + " values, the tensor has " + std::to_string(value.numel()));
    auto target = torch::from_blob(values, value.sizes(), torch::TensorOptions(torch::kFloat32));
    target.copy_(value.detach());
  });
}

int32_t nct_tensor_requires_grad(nct_tensor *tensor) {
  return nct::Guard([&] {
    nct::Demand(tensor, "the tensor");
    tensor->value.requires_grad_(true);
  });
}

int32_t nct_tensor_grad(const nct_tensor *tensor, nct_tensor **out) {
  return nct::Guard([&] {
    nct::DemandBuffer(out, "the place for the gradient");
    const auto gradient = nct::Demand(tensor, "the tensor").grad();
    if (!gradient.defined()) nct::WrongSize("the tensor has no gradient");
    *out = new nct_tensor(gradient.clone());
  });
}

int32_t nct_tensor_backward(nct_tensor *tensor) {
  return nct::Guard([&] {
    const auto &value = nct::Demand(tensor, "the tensor");
    if (value.numel() != 1) nct::WrongSize("backward from the shape " + nct::Text(value.sizes()) + ", it begins at one value");
    value.backward();
  });
}

int32_t nct_batch(const nct_tensor *images, const nct_tensor *labels, const int64_t *indices, int64_t count, nct_tensor **pixels, nct_tensor **targets) {
  return nct::Guard([&] {
    nct::DemandBuffer(indices, "the buffer of indices");
    nct::DemandBuffer(pixels, "the place for the pixels");
    nct::DemandBuffer(targets, "the place for the targets");
    const auto &all = nct::Demand(images, "the images");
    const auto &marks = nct::Demand(labels, "the labels");
    nct::DemandSameDevice(all, marks);
    if (all.dim() < 2 || marks.dim() != 1 || all.size(0) != marks.size(0))
      nct::WrongSize("images " + nct::Text(all.sizes()) + " with labels " + nct::Text(marks.sizes()));
    if (count < 1 || count > all.size(0)) nct::WrongSize("a batch of " + std::to_string(count) + " of " + std::to_string(all.size(0)) + " samples");
    for (int64_t i = 0; i < count; i++)
      if (indices[i] < 0 || indices[i] >= all.size(0))
        nct::WrongSize("sample " + std::to_string(indices[i]) + " of " + std::to_string(all.size(0)));
    const auto chosen = torch::from_blob(const_cast<int64_t *>(indices), {count}, torch::TensorOptions(torch::kInt64)).to(all.device());
    auto values = std::make_unique<nct_tensor>(all.index_select(0, chosen).to(torch::kFloat32).div_(255.0f));
    *targets = new nct_tensor(marks.index_select(0, chosen));
    *pixels = values.release();
  });
}
