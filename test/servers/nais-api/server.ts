/** A stand-in for nais' API: see README.md for what it does and what it does not. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readAll } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { execute, GraphQLError, parse, subscribe, validate, type ExecutionArgs } from "graphql";
import { olderSchema, schema as newerSchema } from "./schema.ts";

export interface ApiRun {
  name: string;
  /** One for each question; the last one stays. `gone`: it is deleted. */
  states: ("PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "UNKNOWN" | "gone")[];
  message?: string;
  startTime?: string;
  completionTime?: string;
  pods?: string[];
  trigger?: "AUTOMATIC" | "MANUAL";
  /** By default its job's of now. */
  image?: string;
}

export interface ApiJob {
  team: string;
  environment: string;
  name: string;
  schedule?: { expression: string; timeZone: string };
  issues?: string[];
  /** `name:tag`, maybe with a digest; `registry/orders:1` where nothing is said. */
  image?: string;
  /** Newest first. */
  runs: ApiRun[];
}

export interface ApiLine {
  time: string;
  message: string;
  pod: string;
}

/** Who may do what, by their bearer tokens. */
export interface Account {
  team: string;
  mayUpdate: boolean;
}

export interface NaisApiServer {
  url: string;
  jobs: ApiJob[];
  /** Of all runs; a stream gives those that fit its query, and ends where it says `cut`. */
  lines: (ApiLine | "cut")[];
  accounts: Map<string, Account>;
  /** Statuses of the next answers, whatever is asked; each is used once. */
  faults: number[];
  /** It knows less. */
  isOlder: boolean;
  /** Names of the operations that were asked for. */
  asked: string[];
  /** Variables of the streams that were opened. */
  filters: Filter[];
  /** What the next run that is triggered goes through. */
  triggered: Omit<ApiRun, "name">;
  /** Told of each run that is triggered. */
  onTriggered: (job: ApiJob, run: ApiRun) => void;
  stop(): Promise<void>;
}

interface Filter {
  environmentName: string;
  query: string;
  initialBatch: { start?: string; limit: number };
}

/** @param verify of GitHub's tokens: whether one is for this API */
export async function startNaisApi(verify: (token: string) => boolean = () => false): Promise<NaisApiServer> {
  const server = createServer((request, response) => void answer({ request, response, state, verify }));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const state: NaisApiServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs: [],
    lines: [],
    accounts: new Map(),
    faults: [],
    isOlder: false,
    asked: [],
    filters: [],
    triggered: { states: ["PENDING", "RUNNING", "SUCCEEDED"] },
    onTriggered: () => {},
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
}

interface Answer {
  request: IncomingMessage;
  response: ServerResponse;
  state: NaisApiServer;
  verify: (token: string) => boolean;
}

async function answer({ request, response, state, verify }: Answer): Promise<void> {
  const body = await readAll(request);
  const fault = state.faults.shift();
  if (fault !== undefined) return void response.writeHead(fault).end("upstream connect error");
  if (request.url !== "/graphql" || request.method !== "POST") return void response.writeHead(404).end();
  const account = accountOf(request.headers.authorization, state, verify);
  if (account === undefined) return send(response, 401, { errors: [{ message: "Unauthorized" }] });
  const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
  const schema = state.isOlder ? olderSchema : newerSchema;
  const args: ExecutionArgs = {
    schema,
    document: parse(query),
    variableValues: variables,
    rootValue: rootOf(state, account),
  };
  state.asked.push(/^\s*\w+ (\w+)/.exec(query)?.[1] ?? "");
  const errors = validate(schema, args.document);
  if (errors.length > 0) return send(response, 422, { errors });
  if (request.headers.accept === "text/event-stream") return stream(args, response);
  return send(response, 200, await execute(args));
}

/** A repository of GitHub has a role of its own, which starts no runs. */
function accountOf(
  header: string | undefined,
  state: NaisApiServer,
  verify: (token: string) => boolean,
): Account | undefined {
  const token = header?.replace(/^Bearer /, "") ?? "";
  return state.accounts.get(token) ?? (verify(token) ? { team: "my-team", mayUpdate: false } : undefined);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function stream(args: ExecutionArgs, response: ServerResponse): Promise<void> {
  const events = await subscribe(args);
  if (!(Symbol.asyncIterator in events)) return send(response, 200, events);
  response.writeHead(200, { "content-type": "text/event-stream" }).write(":\n\n");
  for await (const event of events) {
    if ((event.data?.["log"] as { message?: string } | undefined)?.message === "cut") return void response.destroy();
    response.write(`event: next\ndata: ${JSON.stringify(event)}\n\n`);
  }
  // As Loki's tail: it goes on until whoever listens goes away.
}

function rootOf(state: NaisApiServer, account: Account) {
  return {
    team: ({ slug }: { slug: string }) => ({
      slug,
      environment: ({ name: environment }: { name: string }) => ({
        name: environment,
        job: ({ name }: { name: string }) => jobOf(find(state, { team: slug, environment, name })),
      }),
    }),
    triggerJob: ({ input }: { input: TriggerInput }) => trigger(state, account, input),
    log: ({ filter }: { filter: Filter }) => {
      state.filters.push(filter);
      return linesFor(state, filter);
    },
  };
}

interface TriggerInput {
  teamSlug: string;
  environmentName: string;
  name: string;
  runName: string;
}

function find(
  { jobs }: NaisApiServer,
  { team, environment, name }: { team: string; environment: string; name: string },
): ApiJob {
  const found = jobs.find((job) => job.team === team && job.environment === environment && job.name === name);
  if (found) return found;
  throw new GraphQLError("Resource not found.");
}

function trigger(state: NaisApiServer, { team, mayUpdate }: Account, input: TriggerInput) {
  const { teamSlug, environmentName: environment, name, runName } = input;
  if (!mayUpdate || team !== teamSlug)
    throw new GraphQLError(
      'You are authenticated, but your account is not authorized to perform this action. Specifically, you need the "jobs:update" authorization.',
    );
  const job = find(state, { team: teamSlug, environment, name });
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(runName) || runName.length > 63)
    throw new GraphQLError(`The server errored out while processing your request`);
  if (job.runs.some((run) => run.name === runName)) throw new GraphQLError("Resource already exists.");
  const run: ApiRun = { trigger: "MANUAL", startTime: "2026-11-05T10:00:00Z", ...state.triggered, name: runName };
  job.runs.unshift(run);
  state.onTriggered(job, run);
  return { job: jobOf(job), jobRun: runOf(run, job) };
}

function imageOf(reference = "registry/orders:1") {
  const [name, tag = ""] = reference.split(/:(?!.*\/)(.*)/s);
  return { name, tag };
}

function jobOf(job: ApiJob) {
  return {
    name: job.name,
    image: imageOf(job.image),
    schedule: job.schedule,
    state: "UNKNOWN",
    issues: { nodes: (job.issues ?? []).map((message) => ({ severity: "CRITICAL", message })) },
    runs: () => ({
      nodes: job.runs
        .map(advance)
        .filter(({ states }) => states[0] !== "gone")
        .map((run) => runOf(run, job)),
    }),
  };
}

/** The state of now comes first. */
function advance(run: ApiRun): ApiRun {
  const now = { ...run, states: [...run.states] };
  if (run.states.length > 1) run.states.shift();
  return now;
}

function runOf(run: ApiRun, job: ApiJob) {
  const { name, states, startTime, completionTime, message = "", pods = [], trigger: type = "AUTOMATIC" } = run;
  const [state] = states;
  return {
    name,
    startTime,
    completionTime: state === "SUCCEEDED" || state === "FAILED" ? completionTime : undefined,
    status: { state, message },
    image: imageOf(run.image ?? job.image),
    duration: 0,
    instances: { nodes: pods.map((pod) => ({ name: pod })) },
    trigger: { type },
  };
}

/** A query that it cannot read is refused, as there. */
async function* linesFor(state: NaisApiServer, { query, initialBatch }: Filter) {
  const found = /^\{service_name="([^"]+)",service_namespace="([^"]+)"\} \| k8s_pod_name=~"([^"]+)"$/.exec(query);
  if (!found) throw new GraphQLError("Unable to parse log query.");
  const [, name, namespace, pod] = found;
  const labels = (line: ApiLine) => [
    { key: "service_name", value: name },
    { key: "service_namespace", value: namespace },
    { key: "k8s_pod_name", value: line.pod },
  ];
  const start = Date.parse(initialBatch.start ?? "") || 0;
  for (let i = 0; ; i++) {
    // Until whoever listens goes away; also where no line is left.
    while (i >= state.lines.length) await sleep(20, undefined, { ref: false });
    const line = state.lines[i]!;
    if (line === "cut") {
      // Once: who comes back gets what lies behind it.
      state.lines.splice(i, 1);
      yield { log: { time: new Date().toISOString(), message: "cut", labels: [] } };
      return;
    }
    if (!new RegExp(`^(?:${pod})$`).test(line.pod) || Date.parse(line.time) < start) continue;
    yield { log: { time: line.time, message: line.message, labels: labels(line) } };
  }
}
