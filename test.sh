#!/usr/bin/env bash
# Runs all tests; the last line is "N passed, N failed". --long adds the long runs. Other arguments select projects by name.
set -uo pipefail
cd "$(dirname "$0")"
./setup.sh || exit 2

names=()
for argument in "$@"; do
  case "$argument" in
    --long) export NEUROCHAIN_LONG_TESTS=1 ;;
    *) names+=("$argument") ;;
  esac
done

projects=()
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  grep -q IsTestProject "$project" || continue
  if [ ${#names[@]} -gt 0 ] && [[ " ${names[*]} " != *" ${name#NeuroChain.} "* ]]; then continue; fi
  projects+=("$name")
done

results=artifacts/test-results
rm -rf "$results" && mkdir -p "$results"

echo "building" >&2
dotnet build NeuroChain.sln --configuration Release --verbosity quiet --nologo || { echo "0 passed, 1 failed"; exit 1; }

# Their hosts live for a minute or two: to watch which branches are hot, so as to compile once more for it, costs them more than it brings.
export DOTNET_TieredPGO=0

# A test that waits for ever is named after twenty minutes in which none ended, and its project has failed.
run_tests() {
  dotnet test "tests/${1#NeuroChain.}/$1.csproj" --configuration Release --no-build --nologo --verbosity quiet \
    --blame-hang-timeout 20min --blame-hang-dump-type none \
    --logger "trx;LogFileName=$1.trx" --logger "console;verbosity=minimal" --results-directory "$results"
}

# The tests with real processes wait for most of their time, and for nobody: they run beside the others, which give way to them.
beside=
if [ ${#projects[@]} -gt 1 ] && [[ " ${projects[*]} " == *" NeuroChain.EndToEnd "* ]]; then
  run_tests NeuroChain.EndToEnd >"$results/EndToEnd.log" 2>&1 &
  beside=$!
  trap 'kill "$beside" 2>/dev/null' EXIT
  renice -n 10 $$ >/dev/null
fi
for name in "${projects[@]}"; do
  if [ "$name" = NeuroChain.EndToEnd ] && [ -n "$beside" ]; then continue; fi
  run_tests "$name"
done
if [ -n "$beside" ]; then
  wait "$beside"
  trap - EXIT
  cat "$results/EndToEnd.log"
fi
tools/count-tests "$results" "${projects[@]}"
