/** The DuckDB behind the server. One connection is one session: what runs on it runs one after the other. */
import { DuckDBInstance, type DuckDBConnection, type DuckDBResult, type DuckDBValue } from "@duckdb/node-api";

import { registerJsonFunction } from "./json-function.ts";
import { createMacros } from "./macros.ts";

export interface Session {
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<DuckDBValue[][]>;
  /** The only value of the only row. */
  value(sql: string): Promise<DuckDBValue>;
  /** How many rows an INSERT, UPDATE, DELETE or MERGE touched. */
  count(sql: string): Promise<number>;
  /** Rows as they are read, for results that should not lie in memory twice. */
  stream(sql: string): Promise<DuckDBResult>;
  readonly connection: DuckDBConnection;
  close(): void;
}

export interface Database {
  open(): Promise<Session>;
  /** Runs `use` on a session that is closed afterwards. */
  with<T>(use: (session: Session) => Promise<T>): Promise<T>;
  close(): void;
}

export async function openDatabase(temporaryDirectory?: string): Promise<Database> {
  const instance = await DuckDBInstance.create(":memory:", {
    ...(temporaryDirectory && { temp_directory: temporaryDirectory }),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const open = async () => openSession(await instance.connect());
  const database: Database = {
    open,
    async with(use) {
      const session = await open();
      try {
        return await use(session);
      } finally {
        session.close();
      }
    },
    close: () => instance.closeSync(),
  };
  await database.with(async (session) => {
    await session.run("SET GLOBAL TimeZone = 'UTC'");
    registerJsonFunction(session.connection);
    await createMacros(session);
  });
  return database;
}

async function openSession(connection: DuckDBConnection): Promise<Session> {
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  const value = async (sql: string) => (await rows(sql))[0]![0]!;
  return {
    connection,
    rows,
    value,
    run: async (sql) => void (await connection.run(sql)),
    count: async (sql) => Number(await value(sql)),
    stream: (sql) => connection.stream(sql),
    close: () => connection.closeSync(),
  };
}
