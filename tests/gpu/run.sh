#!/usr/bin/env bash
# Tests and benchmarks of training by libtorch, on a machine that need have nothing of ours: tests/gpu/run.sh [--out FILE] [--seconds N]
# It builds the native library for the libtorch that it finds (tools/torch/build.sh says where it looks), runs the tests of libtorch, trains the
# same models with the canonical engine, libtorch and plain PyTorch, and writes the figures to FILE (artifacts/gpu/report.json). Without a GPU
# the part of the processor runs, and the JSON's device is null.
#
# Where there is no .NET SDK and no way to get one:
#   tests/gpu/run.sh --bundle DIR     on a machine with one, makes DIR with both programs and their runtime (linux-x64)
#   tests/gpu/run.sh --programs DIR   runs from there
set -euo pipefail
from=$PWD # paths that are named are the caller's
cd "$(dirname "$0")/../.."

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
stop() { echo "gpu: $*" >&2; exit 2; }

out=artifacts/gpu/report.json seconds=5 programs= bundle=
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || stop "$1 wants a value"
  case "$1" in
    --out) out=$(cd "$from" && realpath --canonicalize-missing "$2") ;;
    --seconds) seconds=$2 ;;
    --programs) programs=$(cd "$from" && realpath "$2") ;;
    --bundle) bundle=$(cd "$from" && realpath --canonicalize-missing "$2") ;;
    *) stop "unknown argument $1" ;;
  esac
  shift 2
done

publish() { dotnet publish "$1" --configuration Release --runtime linux-x64 --self-contained --verbosity quiet --nologo --output "$bundle" >&2; }
if [ -n "$bundle" ]; then
  publish tests/gpu/NeuroChain.Gpu.csproj
  publish tests/Learning.Tests/NeuroChain.Learning.Tests.csproj
  du -sh "$bundle" >&2
  exit 0
fi

# A compiler, cmake and .NET come from Debian's or Ubuntu's packages where this may install; what is not to be had is told.
install() {
  command -v apt-get >/dev/null || return 1
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  [ ${#sudo[@]} = 0 ] || command -v sudo >/dev/null || return 1
  say "installing $*"
  { "${sudo[@]}" apt-get update --quiet && DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install --yes --quiet --no-install-recommends "$@"; } >&2 2>&1
}
command -v g++ >/dev/null || install g++ || stop "g++ is missing: install a C++ compiler"
command -v make >/dev/null || command -v ninja >/dev/null || install make || stop "make is missing"
command -v cmake >/dev/null || install cmake || stop "cmake is missing: install 3.18 or later"
has_sdk() { command -v dotnet >/dev/null && [[ "$(dotnet --version 2>/dev/null)" == 10.* ]]; }
if [ -z "$programs" ] && ! has_sdk; then
  install dotnet-sdk-10.0 || true
  has_sdk || stop "the .NET 10 SDK is missing and no package dotnet-sdk-10.0 is to be had: install it (https://dot.net), or bring programs with --bundle and --programs"
fi

# The python3 whose PyTorch is compared with; its libtorch is what the library is built for, unless NEUROCHAIN_LIBTORCH names another.
python=
for candidate in python3 /usr/bin/python3; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import torch' 2>/dev/null; then python=$candidate; break; fi
done
if command -v nvidia-smi >/dev/null; then nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader >&2 || true; else say "no nvidia-smi: the processor alone"; fi

if [ -z "${NEUROCHAIN_LIBTORCH:-}" ] && [ -n "$python" ]; then
  home=$("$python" -c 'import os, torch; p = torch.__path__[0]; print(p if os.path.exists(p + "/include/ATen/ATen.h") else "")')
  if [ -n "$home" ]; then export NEUROCHAIN_LIBTORCH=$home; fi
fi
# A PyTorch without headers, as Debian's python3-torch is alone, is none to build for: then Debian's headers are tried.
built=$(tools/torch/build.sh) || { code=$?; [ $code = 3 ] || exit $code; built=$(tools/torch/build.sh --install); }
NEUROCHAIN_TORCH=$PWD/$built
export NEUROCHAIN_TORCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "$programs" ]; then
  tests=("$programs/NeuroChain.Learning.Tests" -namespace NeuroChain.Learning.Tests -class '*Torch*' -class '*Tensor*' -class '*TrainingBackend*')
  gpu=("$programs/NeuroChain.Gpu")
else
  say "building"
  dotnet build tests/Learning.Tests --configuration Release --verbosity quiet --nologo >&2
  dotnet build tests/gpu/NeuroChain.Gpu.csproj --configuration Release --verbosity quiet --nologo >&2
  tests=(artifacts/bin/NeuroChain.Learning.Tests/release/NeuroChain.Learning.Tests -class '*Torch*' -class '*Tensor*' -class '*TrainingBackend*')
  gpu=(dotnet artifacts/bin/NeuroChain.Gpu/release/NeuroChain.Gpu.dll)
fi

say "tests"
export NEUROCHAIN_DEMAND_TORCH=1
failed=0
"${tests[@]}" >&2 || failed=$?
"${gpu[@]}" prepare "$work"
if [ -n "$python" ]; then "$python" tests/gpu/plain.py "$work" "$seconds"; else say "no python3 with torch: no figures of plain PyTorch"; fi
mkdir -p "$(dirname "$out")"
"${gpu[@]}" report "$work" "$seconds" "$out"
echo "$out"
# The figures are written all the same: what failed is said, and by the exit.
[ "$failed" = 0 ] || stop "tests failed"
