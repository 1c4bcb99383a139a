#!/usr/bin/env bash
# Builds the example servers into ignored folders: all of them, or those named (spring, fastapi, go; Node's needs no build).
# One whose tools are missing is left out, which is said on stderr and by the exit code 1.
set -uo pipefail
cd "$(dirname "$0")"

status=0

# build NAME PROGRAM HOW-TO-INSTALL MADE COMMAND...
build() {
  local name=$1 program=$2 remedy=$3 made=$4 started=$SECONDS
  shift 4
  if ! command -v "$program" >/dev/null; then
    echo "$name was NOT built: the program $program is not installed. To mend it: $remedy" >&2
    status=1
  elif (cd "$name" && "$@"); then
    # Tests take what is older than its sources for not built.
    touch "$name/$made"
    echo "$name: built in $((SECONDS - started)) s" >&2
  else
    echo "$name was NOT built: '$*' failed in $PWD/$name" >&2
    status=1
  fi
}

[ "$#" -gt 0 ] || set -- spring fastapi go
for name in "$@"; do
  case $name in
    spring)
      build spring mvn 'apt-get install maven openjdk-17-jdk-headless' target/example.jar \
        mvn --batch-mode --quiet -DskipTests package
      ;;
    fastapi) build fastapi python3 'apt-get install python3 python3-venv' .venv/requirements.txt ./start.sh --build ;;
    go) build go go 'install Go 1.24 or later: https://go.dev/dl/' build/server go build -trimpath -o build/server . ;;
    node) ;;
    *)
      echo "build.sh: there is no example $name; there are spring, fastapi, go and node" >&2
      exit 2
      ;;
  esac
done
exit "$status"
