#!/bin/sh
# Starts the server, in a virtual environment that is made on first use and whenever the requirements have changed; `--build` only makes it.
set -eu
cd "$(dirname "$0")"

if ! cmp -s requirements.txt .venv/requirements.txt; then
  rm -rf .venv
  python3 -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
  # Last, so that an installation that was broken off is made anew.
  cp requirements.txt .venv/requirements.txt
fi
[ "${1:-}" = --build ] || exec .venv/bin/python server.py
