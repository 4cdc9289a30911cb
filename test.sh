#!/usr/bin/env bash
# Runs all tests; the last line is "N passed, N failed". --long adds the long runs. Other arguments select projects by name.
set -uo pipefail
cd "$(dirname "$0")"
./setup.sh || exit 2

projects=()
for argument in "$@"; do
  case "$argument" in
    --long) export NEUROCHAIN_LONG_TESTS=1 ;;
    *) projects+=("$argument") ;;
  esac
done

results=artifacts/test-results
rm -rf "$results" && mkdir -p "$results"

echo "building" >&2
dotnet build NeuroChain.sln --configuration Release --verbosity quiet --nologo || { echo "0 passed, 1 failed"; exit 1; }

for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  grep -q IsTestProject "$project" || continue
  if [ ${#projects[@]} -gt 0 ] && [[ " ${projects[*]} " != *" ${name#NeuroChain.} "* ]]; then continue; fi
  dotnet test "$project" --configuration Release --no-build --nologo --verbosity quiet \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$results"
done
tools/count-tests "$results"
