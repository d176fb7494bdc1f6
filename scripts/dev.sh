#!/bin/sh
# The same as `npm run dev`.
cd "$(dirname "$0")/.." && exec npm run dev -- "$@"
