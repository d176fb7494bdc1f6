#!/bin/sh
# The same as `npm run test`.
cd "$(dirname "$0")/.." && exec npm run test -- "$@"
