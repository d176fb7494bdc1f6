# Thin doors to the scripts of package.json, which are the real commands.
.PHONY: start test dev verify migrate stop status reset build

start test:
	@npm $@

dev:
	@npm run dev

verify build:
	@node_modules/.bin/pnpm $@

migrate:
	@node_modules/.bin/pnpm db migrate

stop status reset:
	@node_modules/.bin/pnpm stack $@
