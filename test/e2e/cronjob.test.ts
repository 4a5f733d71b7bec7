import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { lintManifests } from "../../src/ship/manifest/lint.ts";
import { fieldsAt, itemsAt, numberAt, textAt, type Fields } from "../../src/ship/manifest/rule.ts";
import { effectiveResource } from "../../src/spec/resources.ts";
import { rules } from "../../src/ship/manifest/rules.ts";
import { cronProblem, timeZoneProblem } from "../../src/spec/schedule.ts";
import { generator } from "../support/random.ts";
import { naisjob } from "../ship/manifest/manifests.ts";
import { buildTimeout } from "./support/go.ts";
import { findKubernetes, startKubernetes, type Kubernetes } from "./support/kubernetes.ts";

// What the platform takes and the cluster then refuses: of a Naisjob it makes a CronJob, which a real API server is asked
// about. Here the CronJob is made from what is known of how the platform does it.

let found: Awaited<ReturnType<typeof findKubernetes>>;
let kubernetes: Kubernetes;

beforeAll(async () => {
  found = await findKubernetes();
  if ("path" in found) kubernetes = await startKubernetes(found.path);
}, buildTimeout + 300_000);

afterAll(async () => {
  if ("path" in found) await kubernetes.stop();
});

beforeEach(({ skip }) => {
  if ("missing" in found) skip(found.missing);
});

/** Of some specs of CronJobs, the numbers of those that the server takes. */
function taken(specs: object[]): Set<number> {
  const items = specs.map((spec, i) => cronJob(`trial-${i}`, spec));
  const { stdout } = kubernetes.kubectl(
    ["apply", "--dry-run=server", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  );
  return new Set([...stdout.matchAll(/^cronjob\.batch\/trial-(\d+) created/gm)].map(([, i]) => Number(i)));
}

function cronJob(name: string, spec: object) {
  const container = { name: "job", image: "a" };
  const template = { spec: { restartPolicy: "Never", containers: [container] } };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, namespace: "default" },
    spec: { schedule: "0 6 * * *", jobTemplate: { spec: { template } }, ...spec },
  };
}

const atoms = "* * ? 0 5 07 23 24 31 32 59 60 7 6 12 13 SUN mon Fri JAN dec L 1W 5#2 -1 x MONDAY".split(" ");
const common = [
  ["*", "0", "*/15", "5-10", "0,30", "59"],
  ["*", "6", "0-23", "*/2", "22"],
  ["*", "1", "31", "15", "*/2"],
  ["*", "1", "6-8", "JAN", "*/3"],
  ["*", "MON-FRI", "0", "6", "sun", "1-5"],
];

function randomLines(count: number): string[] {
  const random = generator(5);
  const pick = (texts: readonly string[]) => texts[Math.floor(random() * texts.length)]!;
  const odd = () => {
    const range = random() < 0.25 ? `-${pick(atoms)}` : "";
    const step = random() < 0.25 ? `/${pick(["1", "2", "15", "0", "x", "-1", "100", ""])}` : "";
    const more = random() < 0.15 ? `,${pick(atoms)}` : "";
    return `${pick(atoms)}${range}${step}${more}`;
  };
  return Array.from({ length: count }, () => common.map((usual) => (random() < 0.4 ? odd() : pick(usual))).join(" "));
}

const knownLines = [
  "@daily|@hourly|@reboot|@Daily|@every 5m| 0 6 * * * |0  6 * * *|0\t6 * * *|* * * * * *|0 6 * *|99 4 * * *|0 6 31 2 *",
  "0 0 0 0 0|*/15 0 0 0 0|0 6 * * 7|0 6 * * 1-7|0 6 ? * MON|0 6 L * *|0 6 */40 * *",
].flatMap((lines) => lines.split("|"));

/** What it takes and we do not: a star that is said to end somewhere, a day that never comes, and what has no times. */
const refusedHere = (line: string) =>
  /[*?]-/.test(line) || / (31|30) (2|FEB) /i.test(line) || line.startsWith("@every");

test("a cron line is taken here if it is taken there", () => {
  const lines = [...knownLines, ...randomLines(500)];
  const theirs = taken(lines.map((schedule) => ({ schedule })));
  const other = lines.filter((line, i) => (cronProblem(line) === undefined) !== theirs.has(i));
  expect(other.filter((line) => !refusedHere(line))).toEqual([]);
  expect(other.filter((line) => cronProblem(line) === undefined)).toEqual([]);
  expect(theirs.size).toBeGreaterThan(50);
  expect(theirs.size).toBeLessThan(lines.length - 50);
});

test("a time zone is taken here if it is taken there", () => {
  const odd =
    "UTC Etc/UTC GMT CET EST EST5EDT US/Eastern us/eastern europe/oslo Europe/oslo Europe/Olso +01:00 utc Utc Z";
  const more = "Etc/GMT+1 UTC+1 GMT+1 Norway Oslo Europe Asia/Calcutta Asia/Kolkata Europe/Kyiv Europe/Kiev W-SU";
  const zones = [...Intl.supportedValuesOf("timeZone"), ...`${odd} ${more}`.split(" ")];
  const theirs = taken(zones.map((timeZone) => ({ timeZone })));
  expect(zones.filter((zone, i) => (timeZoneProblem(zone) === undefined) !== theirs.has(i))).toEqual([]);
});

/** Rules that say that the cluster refuses it, once the platform has taken it. */
const clusterRefuses = [
  "env-value-from",
  "files-from-same-path",
  "indexed",
  "name-length",
  "negative",
  "pre-stop-hook",
  "resources",
  "schedule",
  "time-zone",
];

test.each(
  rules.filter(({ name }) => clusterRefuses.includes(name)).map(({ name, bad, good }) => ({ name, bad, good })),
)("what the rule $name says that the cluster refuses, it refuses, and takes the other", ({ bad, good }) => {
  expect([bad, good].map((example) => isTaken(example.startsWith("apiVersion") ? example : naisjob(example)))).toEqual([
    false,
    true,
  ]);
});

function isTaken(text: string): boolean {
  const [resource] = lintManifests({ text, file: "naisjob.yaml" }).resources;
  const spec = fieldsAt(resource?.value, "spec") ?? {};
  const made = cronJobOf(textAt(resource?.value, "metadata", "name") ?? "", spec);
  const { stdout } = kubernetes.kubectl(["apply", "--dry-run=server", "-f", "-"], JSON.stringify(made));
  return stdout.includes("created");
}

/** The CronJob that the platform makes of a Naisjob, in what these rules are about. */
function cronJobOf(name: string, spec: Fields) {
  const only = (...keys: string[]) =>
    Object.fromEntries(keys.flatMap((key) => (key in spec ? [[key, spec[key]]] : [])));
  const amounts = (part: "limits" | "requests") =>
    Object.fromEntries(
      (["cpu", "memory"] as const).flatMap((key) => {
        const amount = effectiveResource(spec, part, key);
        return amount === undefined ? [] : [[key, amount]];
      }),
    );
  const files = itemsAt(spec, "filesFrom").map(({ item, i }) => ({
    volume: { name: `files-${i}`, secret: { secretName: textAt(item, "secret") } },
    mount: { name: `files-${i}`, mountPath: textAt(item, "mountPath") ?? "/var/run/secrets" },
  }));
  const hook = fieldsAt(spec, "preStopHook");
  const container = {
    name: "job",
    image: "a",
    env: spec["env"],
    resources: { limits: amounts("limits"), requests: amounts("requests") },
    volumeMounts: files.map(({ mount }) => mount),
    ...(hook && {
      lifecycle: {
        preStop: {
          ...(hook["exec"] !== undefined && { exec: hook["exec"] }),
          ...(hook["http"] !== undefined && { httpGet: { path: textAt(hook, "http", "path"), port: 8080 } }),
        },
      },
    }),
  };
  const template = {
    spec: { restartPolicy: "Never", containers: [container], volumes: files.map(({ volume }) => volume) },
  };
  const job = only("activeDeadlineSeconds", "completionMode", "completions", "parallelism", "ttlSecondsAfterFinished");
  return cronJob(name, {
    ...only("schedule", "timeZone", "failedJobsHistoryLimit", "successfulJobsHistoryLimit"),
    jobTemplate: { spec: { ...job, backoffLimit: numberAt(spec, "backoffLimit") ?? 6, template } },
  });
}
