// Devices, threads and versions. The CUDA driver is asked through its own C interface, opened at run time: so this library builds without
// CUDA's headers and runs where there is no driver.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <dlfcn.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <cstdio>
#include <cstring>

#include "handles.h"

std::atomic<int64_t> nct_live_handles{0};

namespace {

void Write(char *buffer, int32_t bytes, const char *text) { std::snprintf(buffer, bytes, "%s", text); }

template <typename Function>
Function Find(void *library, const char *name) {
  return library ? reinterpret_cast<Function>(dlsym(library, name)) : nullptr;
}

// cuda.h: CUresult is an int, 0 is success; CUdevice is an int; CUuuid is 16 bytes.
struct Driver {
  Driver() : library(dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL)) {
    auto init = Find<int (*)(unsigned)>(library, "cuInit");
    if (!init || init(0) != 0) library = nullptr;
  }

  void Describe(int32_t index, char *name, char *uuid, int32_t bytes, int64_t *memory) const {
    int device = 0;
    auto get = Find<int (*)(int *, int)>(library, "cuDeviceGet");
    if (!get || get(&device, index) != 0) return;
    if (auto get_name = Find<int (*)(char *, int, int)>(library, "cuDeviceGetName"))
      if (get_name(name, bytes, device) != 0) name[0] = '\0';
    size_t total = 0;
    if (auto get_memory = Find<int (*)(size_t *, int)>(library, "cuDeviceTotalMem_v2"))
      if (get_memory(&total, device) == 0) *memory = static_cast<int64_t>(total);
    unsigned char id[16];
    auto get_uuid = Find<int (*)(unsigned char *, int)>(library, "cuDeviceGetUuid_v2");
    if (!get_uuid) get_uuid = Find<int (*)(unsigned char *, int)>(library, "cuDeviceGetUuid");
    if (get_uuid && get_uuid(id, device) == 0)
      std::snprintf(uuid, bytes, "GPU-%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", id[0], id[1], id[2], id[3], id[4], id[5],
                    id[6], id[7], id[8], id[9], id[10], id[11], id[12], id[13], id[14], id[15]);
  }

  // The package's version ("580.1") where NVIDIA's management library tells it, and the CUDA version that the driver speaks.
  void DescribeItself(char *text, int32_t bytes) const {
    char package[96] = "";
    if (void *management = dlopen("libnvidia-ml.so.1", RTLD_LAZY | RTLD_LOCAL)) {
      auto init = Find<int (*)()>(management, "nvmlInit_v2");
      auto version = Find<int (*)(char *, unsigned)>(management, "nvmlSystemGetDriverVersion");
      auto shutdown = Find<int (*)()>(management, "nvmlShutdown");
      if (init && version && shutdown && init() == 0) {
        if (version(package, sizeof package) != 0) package[0] = '\0';
        shutdown();
      }
      dlclose(management);
    }
    int cuda = 0;
    auto get = Find<int (*)(int *)>(library, "cuDriverGetVersion");
    if (!get || get(&cuda) != 0) cuda = 0;
    std::snprintf(text, bytes, "%s%sCUDA %d.%d", package, package[0] ? ", " : "", cuda / 1000, cuda % 1000 / 10);
  }

  void *library;
};

int32_t CudaDevices() { return torch::cuda::is_available() ? static_cast<int32_t>(torch::cuda::device_count()) : 0; }

}  // namespace

torch::Device nct::DeviceOf(int32_t device) {
  if (device == -1) return torch::Device(torch::kCPU);
  if (device < 0 || device >= CudaDevices())
    throw Refusal(NCT_WRONG_DEVICE, "there is no CUDA device " + std::to_string(device) + ", libtorch sees " + std::to_string(CudaDevices()));
  return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(device));
}

int32_t nct_abi(void) { return NCT_ABI; }

int64_t nct_live(void) { return nct_live_handles; }

int32_t nct_version(char *text, int32_t bytes) {
  return nct::Guard([&] {
    nct::DemandBuffer(text, "the buffer for the version");
    if (bytes < 1) nct::WrongSize("the buffer for the version has no room");
    Write(text, bytes, TORCH_VERSION);
  });
}

int32_t nct_set_threads(int32_t threads) {
  return nct::Guard([&] {
    if (threads < 1 || threads > 256) nct::WrongSize(std::to_string(threads) + " threads, 1 to 256 are possible");
    at::set_num_threads(threads);
  });
}

int32_t nct_allow_tf32(int32_t allow) {
  return nct::Guard([&] {
    at::globalContext().setAllowTF32CuBLAS(allow != 0);
    at::globalContext().setAllowTF32CuDNN(allow != 0);
  });
}

int32_t nct_cuda_devices(int32_t *count) {
  return nct::Guard([&] {
    nct::DemandBuffer(count, "the count");
    *count = CudaDevices();
  });
}

int32_t nct_cuda_device(int32_t index, char *name, char *uuid, char *driver, int32_t bytes, int64_t *memory) {
  return nct::Guard([&] {
    nct::DemandBuffer(name, "the buffer for the name");
    nct::DemandBuffer(uuid, "the buffer for the UUID");
    nct::DemandBuffer(driver, "the buffer for the driver");
    nct::DemandBuffer(memory, "the memory");
    if (bytes < 64) nct::WrongSize("buffers of " + std::to_string(bytes) + " bytes, 64 are needed");
    if (index < 0) throw nct::Refusal(NCT_WRONG_DEVICE, "there is no CUDA device " + std::to_string(index));
    nct::DeviceOf(index);
    name[0] = uuid[0] = driver[0] = '\0';
    *memory = 0;
    static const Driver cuda;
    if (!cuda.library) return;
    cuda.Describe(index, name, uuid, bytes, memory);
    cuda.DescribeItself(driver, bytes);
  });
}

int32_t nct_synchronize(int32_t device) {
  return nct::Guard([&] {
    if (nct::DeviceOf(device).is_cuda()) torch::cuda::synchronize(device);
  });
}

int32_t nct_autocast(int32_t device, int32_t enabled) {
  return nct::Guard([&] {
    const bool on = enabled != 0;
    const auto kind = nct::DeviceOf(device).type();
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(kind, at::kBFloat16);
    at::autocast::set_autocast_enabled(kind, on);
#else
    if (kind == torch::kCUDA) {
      at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
      at::autocast::set_enabled(on);
    } else {
      at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
      at::autocast::set_cpu_enabled(on);
    }
#endif
    // Casts of weights are kept for the length of one forward pass; after a step they would be old.
    if (!on) at::autocast::clear_cache();
  });
}
