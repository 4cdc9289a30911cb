#!/usr/bin/env bash
# Builds artifacts/torch/libneurochain_torch.so, with which trainers use libtorch and the GPU. Optional: everything else works without it.
# tools/torch/build.sh [--install]
# libtorch is the folder that TORCH_HOME names (an unpacked libtorch, or the folder of a PyTorch wheel), else that of python3's torch where it
# has headers, else Debian's. --install first installs Debian's libtorch-dev and what it takes to build (the processor alone, no CUDA).
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
missing() { echo "torch: $*" >&2; exit 2; }

if [ "${1:-}" = --install ]; then
  packages=()
  [ -e /usr/include/ATen/ATen.h ] || packages+=(libtorch-dev libopenblas0-openmp)
  command -v cmake >/dev/null || packages+=(cmake)
  command -v g++ >/dev/null || packages+=(g++)
  command -v make >/dev/null || packages+=(make)
  if [ ${#packages[@]} -gt 0 ]; then
    say "installing ${packages[*]}"
    sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update --quiet
    # openmp: the pthread form of OpenBLAS makes threads of its own beside libtorch's, and both together are slower than one.
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install --yes --quiet --no-install-recommends "${packages[@]}"
  fi
fi

home=${TORCH_HOME:-}
if [ -z "$home" ] && command -v python3 >/dev/null; then
  home=$(python3 -c 'import os, torch; p = torch.__path__[0]; print(p if os.path.exists(p + "/include/ATen/ATen.h") else "")' 2>/dev/null || true)
fi
if [ -z "$home" ]; then
  [ -e /usr/include/ATen/ATen.h ] || missing "no libtorch found: set TORCH_HOME to one, install PyTorch for python3, or say --install for Debian's"
else
  [ -e "$home/include/ATen/ATen.h" ] || missing "$home has no include/ATen/ATen.h: TORCH_HOME wants the folder of a libtorch or of a PyTorch wheel"
fi
command -v cmake >/dev/null || missing "cmake is missing"
command -v g++ >/dev/null || missing "g++ is missing"

say "building for libtorch in ${home:-/usr}"
mkdir -p artifacts/torch
# What CMake found for another libtorch is forgotten.
[ "$(cat artifacts/torch/home 2>/dev/null)" = "${home:-/usr}" ] || rm -f artifacts/torch/CMakeCache.txt
echo "${home:-/usr}" >artifacts/torch/home
cmake -S Learning/native -B artifacts/torch -DCMAKE_PREFIX_PATH="$home" >artifacts/torch/configure.log 2>&1 || { cat artifacts/torch/configure.log >&2; missing "cmake failed"; }
nice -n 19 cmake --build artifacts/torch --parallel "$(nproc)" >&2
echo artifacts/torch/libneurochain_torch.so
