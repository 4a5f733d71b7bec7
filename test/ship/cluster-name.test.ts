import { afterEach, expect, test } from "vitest";
import { cleanup } from "../../src/commands/cleanup.ts";
import { deploy } from "../../src/commands/deploy.ts";
import { logs } from "../../src/commands/logs.ts";
import { status } from "../../src/commands/status.ts";
import { trigger } from "../../src/commands/trigger.ts";
import { askedOf, giveKubectl } from "../commands/fake-kubectl.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const commands: [string, (name: string) => Promise<unknown>][] = [
  ["logs --run", (run) => logs({ run, with: "kubectl" }, folder.context)],
  ["logs --job", (job) => logs({ job, team: "my-team", with: "kubectl" }, folder.context)],
  ["cleanup --job", (job) => cleanup({ job, yes: true }, folder.context)],
  ["cleanup --team", (team) => cleanup({ job: "orders", team, yes: true }, folder.context)],
  ["status --job", (job) => status({ job, with: "kubectl" }, folder.context)],
  ["trigger --job", (job) => trigger({ job, team: "my-team", with: "kubectl" }, folder.context)],
  ["trigger --team", (team) => trigger({ team, with: "kubectl" }, folder.context)],
  ["deploy --team", (team) => deploy({ team, with: "kubectl" }, folder.context)],
  ["deploy --namespace", (namespace) => deploy({ namespace, with: "kubectl" }, folder.context)],
];

test.each(commands)("%s takes a name of the cluster alone: kubectl is not asked with an option", async (what, act) => {
  folder = await makeFolder({ "pipeline.yaml": "name: orders\nteam: my-team\n" });
  await giveKubectl(folder, [["get jobs", { items: [] }]]);
  for (const name of ["-A", "--kubeconfig=/evil", "a/b", "", "a ", "A"])
    await expect(act(name)).rejects.toMatchObject({
      code: "usage",
      message: `${what.split(" ")[1]}: \`${name}\` cannot be a name in a cluster`,
    });
  expect(await askedOf(folder)).toEqual([]);
});
