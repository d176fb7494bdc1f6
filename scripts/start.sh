#!/bin/sh
# The same as `npm run start`.
cd "$(dirname "$0")/.." && exec npm run start -- "$@"
