# What can be done here. Each target is a short script in .make/.
.DEFAULT_GOAL := help
.PHONY: help run dev test bench audit setup site sqlx

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## install what is missing, build in release, serve the demo on http://127.0.0.1:3000
	@.make/run

dev: ## serve a development build, anew on every change
	@.make/dev

test: ## everything that must hold: format, lints, queries, and the four layers of tests
	@.make/test

bench: ## measure speed and memory; writes target/bench/report.md
	@.make/bench

audit: ## licences, bans and duplicates of dependencies, and unused ones (cargo-deny, cargo-machete)
	@.make/audit

setup: ## install what building and running need, nothing else
	@.make/setup run

site: ## build stylesheet, script and wasm into target/site
	@.make/site

sqlx: ## check every query against a scratch PostgreSQL and renew .sqlx
	@.make/sqlx
