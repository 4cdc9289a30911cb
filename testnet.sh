#!/usr/bin/env bash
# The main job: four validators on loopback, each with a trainer, learn Fashion-MNIST and finalise blocks.
# ./testnet.sh [--blocks N] [--validators N] [--home DIR] [--base-port P]
set -euo pipefail
cd "$(dirname "$0")"
./setup.sh
exec ./neurochain testnet "$@"
