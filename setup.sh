#!/usr/bin/env bash
# Installs what a fresh Debian 12 machine lacks. Safe to run again: what is there is left alone.
# --torch adds libtorch for the processor and builds the library by which trainers use it; nothing else needs it. Exit 3: no
# libtorch is to be had here.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

# package -> a file that it brings; asking for files also finds what was installed another way
packages=()
need() { [ -e "$2" ] || packages+=("$1"); }
lib=/usr/lib/$(uname -m)-linux-gnu
need libsecp256k1-1 "$lib/libsecp256k1.so.1"
need libssl3 "$lib/libcrypto.so.3"
need librocksdb7.8 "$lib/librocksdb.so.7.8"
need dataset-fashion-mnist /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz
# The foreign client of the end-to-end tests is written for Node; the Solidity compiler and the local Ethereum node are npm packages.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
# Partitions and discovery are tested between network namespaces.
command -v ip >/dev/null || [ -x /sbin/ip ] || packages+=(iproute2)
# The page for token holders is tested in a real browser.
command -v chromium >/dev/null || packages+=(chromium)

if [ ${#packages[@]} -gt 0 ]; then
  say "installing ${packages[*]}"
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update --quiet
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install --yes --quiet --no-install-recommends "${packages[@]}"
fi

command -v dotnet >/dev/null || { echo "setup: the .NET 10 SDK is missing: install it and put dotnet on the PATH" >&2; exit 2; }
case "$(dotnet --version)" in
  10.*) ;;
  *) echo "setup: dotnet $(dotnet --version) found, the .NET 10 SDK is wanted" >&2; exit 2 ;;
esac

# Compiler, library and Ethereum node of the bridge: a few seconds, and nothing when the lock file is the one installed last.
tools=Bridge/tools
if ! cmp --silent $tools/package-lock.json $tools/node_modules/.installed-lock.json; then
  say "installing the tools of the bridge"
  npm ci --prefix $tools --ignore-scripts --no-audit --no-fund --loglevel error
  cp $tools/package-lock.json $tools/node_modules/.installed-lock.json
fi

if [ "${1:-}" = --torch ]; then tools/torch/build.sh --install ${CI:+--strict}; fi
