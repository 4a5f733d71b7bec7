import { afterEach, describe, expect, test } from "vitest";
import { trigger, type TriggerOptions } from "../../src/commands/trigger.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { complete, failed, job, pod, recordLine, running, terminated } from "../ship/follow/cluster.ts";
import { askedOf, giveKubectl, type Answers } from "./fake-kubectl.ts";

let folder: Folder;
afterEach(() => folder.remove());

const pipeline = `
name: orders
team: my-team
schedule: "30 7 * * *"
interval: day
params: { line: { type: INT64, min: 101, max: 120, default: 101 } }
targets: { dev-gcp: { schedule: null } }
`;

const cronJob = { metadata: { name: "orders" }, spec: { schedule: "30 7 * * *" } };
const made = {
  kind: "Job",
  spec: { template: { spec: { containers: [{ name: "orders", env: [{ name: "A", value: "1" }] }] } } },
};
const usual: Answers = [
  ["config get-contexts", "nav-dev-gcp\nnav-prod-gcp\n"],
  ["--dry-run=client", made],
  ["get cronjob orders", cronJob],
  ["get jobs", { items: [] }],
];

async function run(options: TriggerOptions, answers: Answers = []): Promise<number> {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await giveKubectl(folder, [...answers, ...usual]);
  return trigger(options, folder.context);
}

test("a run is a Job made of the CronJob, in the cluster that is meant; the command is printed", async () => {
  expect(await run({ target: "prod-gcp" })).toBe(0);
  const command =
    "--context=nav-prod-gcp --namespace=my-team create job orders-manual-20261105100000 --from=cronjob/orders";
  expect((await askedOf(folder)).at(-1)).toBe(command);
  expect(folder.logged.join("")).toContain(`kubectl ${command}\n`);
  expect(folder.effects).toEqual(["trigger.create"]);
});

test("--dry-run prints the command, and starts nothing", async () => {
  await run({ target: "prod-gcp", dryRun: true });
  expect(folder.logged.join("")).toContain("create job orders-manual-20261105100000 --from=cronjob/orders");
  expect((await askedOf(folder)).filter((asked) => asked.includes("create"))).toEqual([]);
  expect(folder.effects).toEqual([]);
});

test("an interval and parameters are variables of this run alone, over those of the manifest", async () => {
  await run({ interval: "2022-01-20", param: { line: "102" } });
  const given = JSON.parse(await folder.read("bin/given.txt")) as typeof made;
  expect(given.spec.template.spec.containers[0]?.env).toEqual([
    { name: "A", value: "1" },
    { name: "NAIS_ETL_INTERVAL", value: "2022-01-20" },
    { name: "PARAM_LINE", value: "102" },
  ]);
  expect((await askedOf(folder)).at(-1)).toBe("--namespace=my-team create -f -");
});

test("a change of columns is allowed to this run alone", async () => {
  await run({ allowSchemaChange: true });
  const given = JSON.parse(await folder.read("bin/given.txt")) as typeof made;
  expect(given.spec.template.spec.containers[0]?.env).toContainEqual({
    name: "NAIS_ETL_ALLOW_SCHEMA_CHANGE",
    value: "true",
  });
});

test.each([{ interval: "2022-01-20" }, { param: { line: "102" } }, { allowSchemaChange: true }])(
  "with a token of nais' API and no context of kubectl, of %j it is said that it needs kubectl",
  async (options) => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    await giveKubectl(folder, []);
    folder.context = { ...folder.context, env: { ...folder.context.env, NAIS_API_TOKEN: "known" } };
    await expect(trigger({ target: "prod-gcp", ...options }, folder.context)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("nais' API starts a run as it was deployed") as string,
      hint: expect.stringContaining("kubeconfig has no context for prod-gcp") as string,
    });
  },
);

test("where there is a token of nais' API, too, an interval goes by kubectl", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await giveKubectl(folder, usual);
  folder.context = { ...folder.context, env: { ...folder.context.env, NAIS_API_TOKEN: "known" } };
  await trigger({ target: "prod-gcp", interval: "2022-01-20" }, folder.context);
  expect((await askedOf(folder)).at(-1)).toBe("--context=nav-prod-gcp --namespace=my-team create -f -");
});

test("what the run would refuse is refused before it is started, all at once", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await giveKubectl(folder, usual);
  const problems = await problemsOf(() =>
    trigger({ interval: "2022-01", param: { line: "300", lin: "1" } }, folder.context),
  );
  expect(problems.map(({ message }) => message)).toEqual([
    "--interval 2022-01 is not a day",
    "--param line: 300 is outside the allowed range from 101 to 120",
    "there is no parameter `lin`",
  ]);
  expect(await askedOf(folder)).toEqual([]);
});

test("a run that is going on is told of", async () => {
  await run({}, [["get jobs", { items: [job("orders-29380830")] }]]);
  expect(folder.logged.join("")).toContain("orders-29380830 is pending: of two runs at once");
});

test("a job that was not deployed is said to be so", async () => {
  await expect(run({}, [["get cronjob", ""]])).rejects.toMatchObject({
    code: "failed",
    message: expect.stringContaining("no CronJob orders") as string,
  });
});

test("a target that kubeconfig does not know, or that several are, asks for --context", async () => {
  await expect(run({ target: "staging" })).rejects.toMatchObject({
    code: "usage",
    hint: expect.stringContaining("nav-dev-gcp") as string,
  });
  await folder.remove();
  await expect(run({ target: "gcp" })).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining("several") as string,
  });
});

describe("with --wait", () => {
  const name = "orders-manual-20261105100000";
  const podOf = (phase: string, state: object) => ({
    ...pod(`${name}-aaaaa`, phase, state),
    metadata: { name: `${name}-aaaaa`, labels: { "job-name": name } },
  });

  test("a run that succeeds ends with 0, its table and its record", async () => {
    const answers: Answers = [
      [`get job ${name}`, job(name, complete)],
      ["get pods", { items: [podOf("Succeeded", terminated(0))] }],
      ["logs ", `2026-11-05T10:00:05Z hello\n2026-11-05T10:00:06Z ${recordLine("succeeded", 0)}\n`],
    ];
    expect(await run({ wait: true, json: true }, answers)).toBe(0);
    const outcome = JSON.parse(folder.printed.join("")) as object;
    expect(outcome).toMatchObject({ run: name, state: "succeeded", attempts: 1, record: { run_id: "orders-1" } });
    expect(folder.logged.join("")).toMatch(/hello[\s\S]*models +1 +4[\s\S]*succeeded in 1 min 0 s \(1 attempt\)/);
  });

  test("a run that fails ends with 4, and says what its exit code means", async () => {
    const answers: Answers = [
      [`get job ${name}`, job(name, failed())],
      ["get pods", { items: [podOf("Failed", terminated(3))] }],
      ["logs ", `2026-11-05T10:00:06Z ${recordLine("failed", 3)}\n`],
    ];
    expect(await run({ wait: true }, answers)).toBe(4);
    expect(folder.logged.join("")).toContain("exit code 3: a check failed: nothing was published");
  });

  test("a run that is not over in time ends with 4, and goes on", async () => {
    const answers: Answers = [
      [`get job ${name}`, job(name)],
      ["get pods", { items: [podOf("Pending", running)] }],
    ];
    expect(await run({ wait: true, timeout: "0s" }, answers)).toBe(4);
    expect(folder.logged.join("")).toContain("and goes on");
  });
});
