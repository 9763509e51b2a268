#!/bin/sh
# Makes Temporal's two databases on PostgreSQL, or brings their tables to the version of this tool. May run any number of times: run it with the
# tools of a new Temporal server before that server starts. Needs temporal-sql-tool and SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD.
set -eu
export SQL_PLUGIN="${SQL_PLUGIN:-postgres12_pgx}"

for store in temporal visibility; do
  database="${TEMPORAL_DATABASE:-temporal}"
  [ "$store" = temporal ] || database="${VISIBILITY_DATABASE:-temporal_visibility}"
  temporal-sql-tool --database "$database" create
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-name "postgresql/v12/$store"
done
