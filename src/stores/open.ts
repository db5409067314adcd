// The one door to every store, for main files and for test suites alike.

export { openPostgres as openRecords, type PostgresStores } from "./postgres/open-postgres.ts";
