// What NeuroChain asks of libtorch, as a C interface: small enough that another binding (TorchSharp's, for instance) can take its place.
//
// Every function that can fail returns a status; what went wrong is then in nct_error(), for the thread that called. No C++ exception
// crosses. An output is written only where the status is NCT_OK. All sizes are checked before libtorch sees them. A handle may be used by
// one thread at a time and is given back once with the function of its kind.
//
// A device is -1 for the processor, else the number of a CUDA device.
#ifndef NEUROCHAIN_TORCH_H
#define NEUROCHAIN_TORCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NCT_API __attribute__((visibility("default")))

// Raised with every change of this file; a caller that knows another number must not call anything else.
#define NCT_ABI 1

// Extents of a tensor, and values in it.
#define NCT_DIMENSIONS_MAX 8
#define NCT_VALUES_MAX (INT64_C(1) << 33)

typedef struct nct_tensor nct_tensor;
typedef struct nct_sgd nct_sgd;

enum {
  NCT_OK = 0,
  NCT_NULL_ARGUMENT = 1,  // a handle or a buffer is missing
  NCT_WRONG_SIZE = 2,     // shapes, counts or indices do not fit each other
  NCT_WRONG_DEVICE = 3,   // there is no such device, or tensors are on different ones
  NCT_OUT_OF_MEMORY = 4,  // of the processor or of the device
  NCT_TORCH = 5,          // libtorch refused; its own words are in nct_error()
  NCT_UNKNOWN = 6,
};

NCT_API int32_t nct_abi(void);

// UTF-8, never null; valid until the thread's next failing call.
NCT_API const char *nct_error(void);

// Texts are cut to the buffer and end with a zero.
NCT_API int32_t nct_version(char *text, int32_t bytes);

// Handles not given back yet.
NCT_API int64_t nct_live(void);

// Threads of one operation on the processor, 1 to 256; for the calling thread and those that first compute later.
NCT_API int32_t nct_set_threads(int32_t threads);

// Whether single precision products on CUDA may be rounded to the 19 bits of TF32.
NCT_API int32_t nct_allow_tf32(int32_t allow);

// 0 where libtorch is built without CUDA, or no driver answers.
NCT_API int32_t nct_cuda_devices(int32_t *count);

// Name, UUID ("GPU-...") and memory as the CUDA driver tells them; driver is its version ("580.1", "CUDA 13.0"). Empty where not told.
NCT_API int32_t nct_cuda_device(int32_t index, char *name, char *uuid, char *driver, int32_t bytes, int64_t *memory);

// Waits for what was given to the device.
NCT_API int32_t nct_synchronize(int32_t device);

// Values are copied. count must be the product of the shape.
NCT_API int32_t nct_tensor_float32(const float *values, int64_t count, const int64_t *shape, int32_t dimensions, int32_t device, nct_tensor **out);
NCT_API int32_t nct_tensor_uint8(const uint8_t *values, int64_t count, const int64_t *shape, int32_t dimensions, int32_t device, nct_tensor **out);

// Labels, each below classes.
NCT_API int32_t nct_tensor_labels(const uint8_t *labels, int64_t count, int32_t classes, int32_t device, nct_tensor **out);

NCT_API void nct_tensor_free(nct_tensor *tensor);

// dimensions gets how many there are; extents are written as far as capacity allows.
NCT_API int32_t nct_tensor_shape(const nct_tensor *tensor, int64_t *shape, int32_t capacity, int32_t *dimensions);

// All values as single precision, row-major. count must be their number.
NCT_API int32_t nct_tensor_read(const nct_tensor *tensor, float *values, int64_t count);

NCT_API int32_t nct_tensor_requires_grad(nct_tensor *tensor);

// The gradient that the last backward left; NCT_WRONG_SIZE where there is none.
NCT_API int32_t nct_tensor_grad(const nct_tensor *tensor, nct_tensor **out);

// From a tensor of one value to all leaves that want gradients.
NCT_API int32_t nct_tensor_backward(nct_tensor *tensor);

// The rows of images (uint8) and labels at the indices: pixels as quotients p / 255 in single precision, labels as int64.
NCT_API int32_t nct_batch(
    const nct_tensor *images, const nct_tensor *labels, const int64_t *indices, int64_t count, nct_tensor **pixels, nct_tensor **targets);

// Cross-correlation with stride 1, padding zeros on each side; weight [out, in, k, k], bias [out].
NCT_API int32_t nct_conv2d(const nct_tensor *input, const nct_tensor *weight, const nct_tensor *bias, int64_t padding, nct_tensor **out);

// Square windows that do not overlap; what fills no window is dropped.
NCT_API int32_t nct_max_pool2d(const nct_tensor *input, int64_t window, nct_tensor **out);

NCT_API int32_t nct_relu(const nct_tensor *input, nct_tensor **out);

// All extents but the first become one.
NCT_API int32_t nct_flatten(const nct_tensor *input, nct_tensor **out);

// weight [out, in], bias [out].
NCT_API int32_t nct_linear(const nct_tensor *input, const nct_tensor *weight, const nct_tensor *bias, nct_tensor **out);

// Mean of softmax cross-entropy; logits [samples, classes], targets [samples] as nct_batch gives them.
NCT_API int32_t nct_cross_entropy(const nct_tensor *logits, const nct_tensor *targets, nct_tensor **out);

// Until it is switched off, products of this thread on that kind of device are computed in bfloat16.
NCT_API int32_t nct_autocast(int32_t device, int32_t enabled);

// Stochastic gradient descent: g += decay w; v = momentum v + g; w -= rate v. The parameters stay the caller's.
NCT_API int32_t nct_sgd_new(nct_tensor *const *parameters, int32_t count, double rate, double momentum, double decay, nct_sgd **out);
NCT_API int32_t nct_sgd_step(nct_sgd *optimizer);
NCT_API int32_t nct_sgd_zero_grad(nct_sgd *optimizer);
NCT_API void nct_sgd_free(nct_sgd *optimizer);

#ifdef __cplusplus
}
#endif

#endif
