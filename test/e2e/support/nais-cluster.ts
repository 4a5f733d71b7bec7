/** What makes a cluster one of nais: its kinds, a team's namespace, and the operator, which is played: it writes into the status what it would. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { crdOf, type FactTable } from "../../support/crd.ts";
import type { Kubernetes } from "./kubernetes.ts";

/** Names of tables in `test/facts/`. */
export type Kind = "naisjob" | "prometheus-rule";

export function addKinds(kubernetes: Kubernetes, { kinds, team }: { kinds: readonly Kind[]; team: string }): void {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: team } };
  const items = [...kinds.map((kind) => withStatus(crdOf(tableOf(kind)))), namespace];
  mustSucceed(kubernetes, ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  mustSucceed(kubernetes, ["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
}

function tableOf(kind: Kind): FactTable {
  return JSON.parse(readFileSync(new URL(`../../facts/${kind}.json`, import.meta.url), "utf8")) as FactTable;
}

/** As the platform's definition has it: a status that is written does not count as a change. */
function withStatus(crd: any): object {
  for (const version of crd.spec.versions) version.subresources = { status: {} };
  return crd;
}

export function mustSucceed(kubernetes: Kubernetes, args: string[], input?: string): string {
  const { status, stdout, stderr } = kubernetes.kubectl(args, input);
  if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** What the operator does with each Naisjob that it has not seen, until it is told to stop. */
export function operate(kubernetes: Kubernetes, team: string, status: (name: string) => object): () => Promise<void> {
  const stop = new AbortController();
  const ask = (args: string[]) => mustSucceed(kubernetes, [...args, "-n", team]);
  const working = (async () => {
    const seen = new Set<string>();
    for (; !stop.signal.aborted; await sleep(100)) {
      const { items } = JSON.parse(ask(["get", "naisjobs", "-o", "json"])) as { items: any[] };
      for (const { metadata } of items) {
        const correlationID = metadata.annotations?.["nais.io/deploymentCorrelationID"] as string | undefined;
        if (correlationID === undefined || seen.has(correlationID)) continue;
        seen.add(correlationID);
        const patch = JSON.stringify({ status: { correlationID, ...status(metadata.name) } });
        ask(["patch", "naisjob", metadata.name, "--subresource=status", "--type=merge", "-p", patch]);
      }
    }
  })();
  return async () => {
    stop.abort();
    await working;
  };
}
