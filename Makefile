.PHONY: run test check format locks assets messages

# Installs what is needed, creates databases, keys and certificates at the first start, starts everything.
run:
	@scripts/bootstrap run
	@exec .venv/bin/python -m paraphe.cli run

# Installs what is needed, then runs every check and test there is.
test:
	@scripts/bootstrap test
	@exec .venv/bin/python scripts/test.py

# Format, lint, types, directions, sizes.
check:
	@scripts/bootstrap test
	@exec .venv/bin/python scripts/test.py check

format:
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

# After a change of the dependencies in pyproject.toml.
locks:
	@scripts/locks

# After a change of styles or scripts in assets/ (needs Node.js).
assets:
	@cd assets && npm ci --ignore-scripts && npm run build

# After a change of sentences: brings the translation files up to date.
messages:
	@scripts/messages
