/**
 * Google's own analyzer of GoogleSQL, as npm's @fivetrandevelopers/zetasql packs it: 350 MB, so it is installed into a folder of
 * its own when a test first asks for it. It knows names, types and functions, and evaluates queries, but for DML in scripts.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { credentials, loadPackageDefinition, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { BigqueryField } from "../../../src/spec/formats/bigquery.ts";
import { alone } from "./alone.ts";

const version = "1.13.0";
const folder = fileURLToPath(new URL("../../../node_modules/.cache/nais-etl-zetasql/", import.meta.url));
const installTimeout = 600_000;
const library = join(folder, "node_modules/@fivetrandevelopers/zetasql/lib/zetasql");
const server = join(library, process.arch === "arm64" ? "remote_server_arm.so" : "remote_server.so");

/** Why there is none; nothing where it is installed. */
export function missingAnalyzer(): string | undefined {
  if (process.platform !== "linux") return "the analyzer runs on Linux";
  if (existsSync(server)) return undefined;
  return alone({ lock: `${folder.replace(/\/$/, "")}.lock`, patience: 2 * installTimeout }, install);
}

function install(): string | undefined {
  if (existsSync(server)) return undefined;
  mkdirSync(folder, { recursive: true });
  const flags = ["--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
  const { status, stderr, error } = spawnSync("npm", ["install", ...flags, `@fivetrandevelopers/zetasql@${version}`], {
    encoding: "utf8",
    timeout: installTimeout,
  });
  if (status === 0 && existsSync(server)) return undefined;
  return `the analyzer cannot be installed: ${error?.message ?? stderr.trim().split("\n").at(-1)}`;
}

export interface Analyzer {
  /** @returns what is wrong with a script, or nothing */
  analyze(sql: string, tables: ReadonlyMap<string, BigqueryField[]>): Promise<string | undefined>;
  /** @returns the only value, a STRING, of a query that reads no table @throws what is wrong with it */
  evaluate(sql: string): Promise<string | null>;
  stop(): void;
}

type Call = (request: object, done: (error: ServiceError | null, answer: Record<string, unknown>) => void) => void;

export async function startAnalyzer(): Promise<Analyzer> {
  const port = await freePort();
  const child = spawn(server, ["127.0.0.1", String(port)], { stdio: "ignore" });
  const call = await connect(port, child);
  const given = await call("GetLanguageOptions", { maximumFeatures: true });
  // As in BigQuery: without Google's internal types, every kind of statement, and what the package leaves out by default.
  const features = given["enabledLanguageFeatures"] as string[];
  const languageOptions = {
    ...given,
    productMode: "PRODUCT_EXTERNAL",
    supportedStatementKinds: [],
    enabledLanguageFeatures: [...features, "FEATURE_ALTER_COLUMN_SET_DATA_TYPE"],
  };
  const options = { languageOptions, defaultTimezone: "UTC" };
  return {
    async analyze(sql, tables) {
      const table = [...tables].map(([name, fields]) => ({ name, column: fields.map(columnOf) }));
      const simpleCatalog = { name: "bigquery", table, builtinFunctionOptions: { languageOptions } };
      try {
        for (let at = 0; sql.slice(at).trim() !== "";) {
          const parseResumeLocation = { input: sql, bytePosition: Buffer.byteLength(sql.slice(0, at)) };
          const answer = await call("Analyze", { options, simpleCatalog, parseResumeLocation });
          at = Buffer.from(sql).subarray(0, Number(answer["resumeBytePosition"])).toString().length;
        }
        return undefined;
      } catch (error) {
        return (error as ServiceError).details;
      }
    },
    async evaluate(sql) {
      const simpleCatalog = { name: "none", builtinFunctionOptions: { languageOptions } };
      try {
        return onlyText(await call("EvaluateQuery", { sql, options, simpleCatalog }));
      } catch (error) {
        throw new Error((error as ServiceError).details, { cause: error });
      }
    },
    stop: () => void child.kill(),
  };
}

interface Evaluated {
  content: { tableData: { row: { cell: { value?: string; stringValue?: string }[] }[] } };
}

/** NULL is a value without a kind. */
function onlyText(answer: Record<string, unknown>): string | null {
  const [cell] = (answer as unknown as Evaluated).content.tableData.row[0]!.cell;
  return cell?.value === "stringValue" ? cell.stringValue! : null;
}

async function connect(port: number, child: ChildProcess) {
  const definition = loadSync("local_service.proto", {
    defaults: true,
    oneofs: true,
    enums: String,
    includeDirs: [join(library, "protos")],
  });
  const { zetasql } = loadPackageDefinition(definition) as unknown as {
    zetasql: { local_service: { ZetaSqlLocalService: new (...args: unknown[]) => Client } };
  };
  const most = { "grpc.max_receive_message_length": -1 };
  const client = new zetasql.local_service.ZetaSqlLocalService(`127.0.0.1:${port}`, credentials.createInsecure(), most);
  const ended = new Promise<never>((_, reject) =>
    child.once("exit", (code) => reject(new Error(`the analyzer ended: ${code}`))),
  );
  ended.catch(() => undefined);
  const ready = new Promise<void>((resolve, reject) =>
    client.waitForReady(Date.now() + 60_000, (error) => (error ? reject(error) : resolve())),
  );
  await Promise.race([ready, ended]);
  return (method: string, request: object): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) =>
      (client[method] as Call).call(client, request, (error, answer) => (error ? reject(error) : resolve(answer))),
    );
}

type Client = Record<string, unknown> & {
  waitForReady(deadline: number, done: (error?: Error) => void): void;
};

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const kinds: Record<string, string> = { INTEGER: "INT64", FLOAT: "DOUBLE", FLOAT64: "DOUBLE", BOOLEAN: "BOOL" };

function columnOf(field: BigqueryField) {
  return { name: field.name, type: typeOf(field), isWritableColumn: true };
}

function typeOf({ type, mode, fields = [] }: BigqueryField): object {
  if (mode === "REPEATED")
    return { typeKind: "TYPE_ARRAY", arrayType: { elementType: typeOf({ name: "", type, mode: "NULLABLE", fields }) } };
  if (type !== "RECORD" && type !== "STRUCT") return { typeKind: `TYPE_${kinds[type] ?? type}` };
  const field = fields.map((inner) => ({ fieldName: inner.name, fieldType: typeOf(inner) }));
  return { typeKind: "TYPE_STRUCT", structType: { field } };
}
