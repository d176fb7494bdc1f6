#!/bin/sh
# The same as `pnpm db migrate`.
cd "$(dirname "$0")/.." && exec node_modules/.bin/pnpm db migrate "$@"
