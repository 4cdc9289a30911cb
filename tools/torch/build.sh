#!/usr/bin/env bash
# Builds artifacts/torch/libneurochain_torch.so, with which trainers use libtorch and the GPU. Optional: everything else works without it.
# tools/torch/build.sh [--install] [--strict]
# libtorch is the folder that NEUROCHAIN_LIBTORCH names (an unpacked libtorch, or the folder of a PyTorch wheel), else that of python3's torch
# where it has headers, else Debian's. --install first installs Debian's libtorch-dev and what it takes to build (the processor alone, no CUDA).
# --strict takes the compiler's warnings for errors, as CI does.
# Exit: 0 built, 1 a build that failed, 2 a wrong argument, 3 there is no libtorch, or nothing to build with, to be had here.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
none() { echo "torch: $*" >&2; exit 3; }
fail() { echo "torch: $*" >&2; exit 1; }

install= strict=OFF
for argument in "$@"; do
  case "$argument" in
    --install) install=1 ;;
    --strict) strict=ON ;;
    *) echo "torch: unknown argument $argument" >&2; exit 2 ;;
  esac
done

# Whatever happens, an old library is not taken for the one of these sources.
rm -f artifacts/torch/libneurochain_torch.so

if [ -n "$install" ]; then
  packages=()
  [ -e /usr/include/ATen/ATen.h ] || packages+=(libtorch-dev libopenblas0-openmp)
  command -v cmake >/dev/null || packages+=(cmake)
  command -v g++ >/dev/null || packages+=(g++)
  command -v make >/dev/null || packages+=(make)
  if [ ${#packages[@]} -gt 0 ]; then
    say "installing ${packages[*]}"
    sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    # openmp: the pthread form of OpenBLAS makes threads of its own beside libtorch's, and both together are slower than one.
    { "${sudo[@]}" apt-get update --quiet &&
      DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install --yes --quiet --no-install-recommends "${packages[@]}"; } || none "${packages[*]} cannot be installed"
  fi
fi

home=${NEUROCHAIN_LIBTORCH:-}
if [ -z "$home" ] && command -v python3 >/dev/null; then
  home=$(python3 -c 'import os, torch; p = torch.__path__[0]; print(p if os.path.exists(p + "/include/ATen/ATen.h") else "")' 2>/dev/null || true)
fi
if [ -z "$home" ]; then
  [ -e /usr/include/ATen/ATen.h ] || none "no libtorch found: set NEUROCHAIN_LIBTORCH to one, install PyTorch for python3, or say --install for Debian's"
else
  [ -e "$home/include/ATen/ATen.h" ] || fail "$home has no include/ATen/ATen.h: NEUROCHAIN_LIBTORCH wants the folder of a libtorch or of a PyTorch wheel"
fi
command -v cmake >/dev/null || none "cmake is missing"
command -v g++ >/dev/null || none "g++ is missing"

say "building for libtorch in ${home:-/usr}"
mkdir -p artifacts/torch
# What CMake found for another libtorch is forgotten.
[ "$(cat artifacts/torch/home 2>/dev/null)" = "${home:-/usr}" ] || rm -f artifacts/torch/CMakeCache.txt
echo "${home:-/usr}" >artifacts/torch/home
cmake -S Learning/native -B artifacts/torch -DCMAKE_PREFIX_PATH="$home" -DNCT_STRICT="$strict" >artifacts/torch/configure.log 2>&1 ||
  { cat artifacts/torch/configure.log >&2; fail "cmake failed"; }
nice -n 19 cmake --build artifacts/torch --parallel "$(nproc)" >&2 || fail "the build failed"
echo artifacts/torch/libneurochain_torch.so
