/** The part of the graph that a test needs: the model, and what it reads, as far as that is not given. */
import type { Graph, ModelNode } from "../transform/graph.ts";

export interface Cut {
  /** Models to compute, each after what it reads; the tested one is the last. */
  models: ModelNode[];
  /** Given relations that they read. */
  inputs: string[];
  /** Sources that they read and that are not given, with a model that reads each. */
  missing: { name: string; reader: string }[];
}

export function cutGraph({ graph, model, given }: { graph: Graph; model: string; given: ReadonlySet<string> }): Cut {
  const nodes = new Map(graph.models.map((node) => [node.name, node]));
  const [computed, inputs, missing] = [new Set<string>(), new Set<string>(), new Map<string, string>()];
  const visit = (name: string, reader: string): void => {
    if (given.has(name) && name !== model) inputs.add(name);
    else if (!nodes.has(name)) missing.set(name, missing.get(name) ?? reader);
    else if (!computed.has(name)) {
      computed.add(name);
      for (const read of nodes.get(name)!.reads) visit(read, name);
    }
  };
  visit(model, model);
  return {
    models: graph.models.filter(({ name }) => computed.has(name)),
    inputs: [...inputs],
    missing: [...missing].map(([name, reader]) => ({ name, reader })),
  };
}

/** Everything that a model reads, directly or through others, whatever is given. */
export function readsOf(graph: Graph, model: string): string[] {
  const { models, missing } = cutGraph({ graph, model, given: new Set() });
  return [...models.map(({ name }) => name).filter((name) => name !== model), ...missing.map(({ name }) => name)];
}
