import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { render } from "../../src/commands/render.ts";
import { validate } from "../../src/commands/validate.ts";
import { mergeSpec } from "../../src/ship/render/merge.ts";
import { parseYaml } from "../../src/spec/document.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

// A Naisjob that a team wrote itself, beside the pipeline that it runs.

let folder: Folder;
afterEach(() => folder.remove());

const pipeline = `name: orders
team: my-team
egress: [api.no, "db.no:5432", "http://shop.other.svc"]
secrets: { KEY: { from: nais, secret: keys }, CERT: { from: nais, secret: certs, mount: /etc/certs } }
sources: { raw: { type: bigquery, table: p.d.t } }
outputs: { raw: { type: bigquery, table: shop.orders } }
targets: { dev-gcp: { outputs: { raw: { table: shop_dev.orders } } } }
`;

const outbound = {
  external: [{ host: "API.no" }, { host: "db.no", ports: [{ port: 5432 }] }],
  rules: [
    { application: "shop", namespace: "other" },
    { application: "prometheus-pushgateway", namespace: "nais-system" },
  ],
};
const complete = {
  image: "europe-north1-docker.pkg.dev/p/my-team/orders:1",
  envFrom: [{ secret: "keys" }],
  filesFrom: [{ secret: "certs", mountPath: "/etc/certs" }],
  gcp: {
    bigQueryDatasets: [{ name: "shop", permission: "READWRITE" }],
    permissions: [
      {
        role: "roles/bigquery.readSessionUser",
        resource: { apiVersion: "resourcemanager.cnrm.cloud.google.com/v1beta1", kind: "Project" },
      },
    ],
  },
  accessPolicy: { outbound },
};

const manifest = (spec: object, name = "orders") =>
  stringify({
    apiVersion: "nais.io/v1",
    kind: "Naisjob",
    metadata: { name, namespace: "my-team", labels: { team: "my-team" } },
    spec,
  });

async function problems(spec: object, name?: string) {
  await folder.write(".nais/job.yaml", manifest(spec, name));
  return (await problemsOf(() => validate({ files: [".nais/job.yaml"] }, folder.context))).filter(
    ({ severity }) => severity === "error",
  );
}

beforeEach(async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
});

test("one that gives the pipeline all that it needs is left alone", async () => {
  expect(await problems(complete)).toEqual([]);
});

test("so is one that gives it what it needs with one of its targets", async () => {
  const dev = {
    ...complete,
    gcp: { ...complete.gcp, bigQueryDatasets: [{ name: "shop_dev", permission: "READWRITE" }] },
  };
  expect(await problems(dev)).toEqual([]);
});

test("and one of another name", async () => {
  expect(await problems({ image: complete.image }, "customers")).toEqual([]);
});

const without = {
  hosts: { ...complete, accessPolicy: { outbound: { ...outbound, external: [{ host: "api.no" }] } } },
  services: { ...complete, accessPolicy: { outbound: { ...outbound, rules: outbound.rules.slice(1) } } },
  datasets: { ...complete, gcp: { ...complete.gcp, bigQueryDatasets: [{ name: "shop", permission: "READ" }] } },
  roles: { ...complete, gcp: { bigQueryDatasets: complete.gcp.bigQueryDatasets } },
  secrets: { ...complete, envFrom: [{ secret: "other" }] },
  mounts: { ...complete, filesFrom: [{ secret: "certs" }] },
};

describe("one that lacks something is told what, and the lines to add", () => {
  test.each([
    ["hosts", "egress-missing", "db.no:5432, which this Naisjob does not open", 26],
    ["services", "egress-missing", "shop:80, which this Naisjob does not open", 26],
    ["datasets", "dataset-missing", "to write to shop, which this Naisjob neither makes nor may write to", 17],
    ["roles", "role-missing", "roles/bigquery.readSessionUser to read from BigQuery", 16],
    ["secrets", "secret-missing", "the secret keys, which this Naisjob does not take", 11],
    ["mounts", "secret-missing", "the secret certs in /etc/certs, which this Naisjob does not mount there", 13],
  ] as const)("%s", async (part, rule, message, line) => {
    const found = await problems(without[part]);
    expect(found).toMatchObject([{ rule, where: { file: ".nais/job.yaml", line } }]);
    expect(found[0]?.message).toContain(`pipeline.yaml needs ${message}`);
    // What the hint says, merged into the spec, mends it.
    const added = parseYaml(found[0]!.hint!.replace("Add it:\n", ""), "hint").value;
    expect(await problems(mergeSpec(without[part], added) as object)).toEqual([]);
  });
});

test("one that does not open the Pushgateway is told, but not refused", async () => {
  await folder.write(
    ".nais/job.yaml",
    manifest({ ...complete, accessPolicy: { outbound: { ...outbound, rules: outbound.rules.slice(0, 1) } } }),
  );
  await validate({ files: [".nais/job.yaml"] }, folder.context);
  expect(folder.logged.join("")).toContain("warning: pipeline.yaml needs prometheus-pushgateway for its metrics");
});

test("one that does not ask for access to a secret is told, but not refused: somebody may have given it", async () => {
  const text = pipeline.replace("secrets: {", "secrets: { API: { from: google-secret-manager, name: api },");
  await folder.write("pipeline.yaml", text);
  expect(await problems(complete)).toEqual([]);
  expect(folder.logged.join("")).toContain("warning: pipeline.yaml needs access to api in Secret Manager");
});

test("what render writes lacks nothing", async () => {
  await render({ output: ".nais", image: complete.image }, folder.context);
  await validate({ files: [".nais/orders.yaml"] }, folder.context);
  expect(folder.printed.at(-1)).toBe(".nais/orders.yaml: valid, no warnings");
});

test("a pipeline that cannot be read is not looked at", async () => {
  await folder.write("pipeline.yaml", "name: orders\nshedule: x\n");
  expect(await problems({ image: complete.image })).toEqual([]);
});
