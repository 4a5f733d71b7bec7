/** The graph of a run as a picture: sources to the left, outputs to the right. */
import { html, type Html } from "./html.ts";
import { layOutLayers, type Slot } from "./graph-layers.ts";
import type { GraphNode, NodeState, RunGraphShape } from "./graph-nodes.ts";
import { placeSlots, type Box, type Placed } from "./graph-place.ts";
import { marks, stateWords } from "./marks.ts";
import { fitText, textWidth } from "./text-width.ts";

const narrowest = 96;
const widest = 240;
/** Of a letter of the note, which is smaller, and holds no long words. */
const noteLetterWidth = 5.9;
/** Left and right of the texts, with the mark. */
const padding = 37;
/** The picture may shrink so far before it scrolls; a small one does not. */
const smallest = 0.62;
const smallWidth = 640;

export function graphSvg({ nodes, edges }: RunGraphShape): Html {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const last = new Set(nodes.filter(({ kind }) => kind === "output").map(({ id }) => id));
  const layered = layOutLayers({ ids: nodes.map(({ id }) => id), edges, last });
  const placed = placeSlots({ ...layered, widthOf: (id) => widthOf(byId.get(id)!) });
  const { width, height } = placed;
  const slots = layered.columns.flat();
  const nodesShown = slots.flatMap((slot) =>
    slot.id === undefined ? [] : nodeSvg(byId.get(slot.id)!, placed.boxes.get(slot)!),
  );
  const described = edges.map(([from, to]) => `${byId.get(to)?.name} from ${byId.get(from)?.name}`).join("; ");
  const style = `width:100%;max-width:${width}px;min-width:${Math.round(Math.max(width * smallest, Math.min(width, smallWidth)))}px`;
  return html`<svg class="graph" viewBox="0 0 ${width} ${height}" style="${style}" role="img" aria-labelledby="graph-title graph-words"><title id="graph-title">The graph of this run</title><desc id="graph-words">${described}</desc>
<g class="edges">${slots.flatMap((slot) => edgesOf(slot, placed, byId))}</g>
${nodesShown}</svg>`;
}

function widthOf({ name, note }: GraphNode): number {
  const text = Math.max(textWidth(name), note.length * noteLetterWidth);
  return Math.min(widest, Math.max(narrowest, Math.ceil(text) + padding));
}

function nodeSvg(node: GraphNode, { x, y, width, height }: Box): Html {
  const { kind, name, state, note } = node;
  const shown = fitText(name, width - padding);
  return html`<g class="node ${kind} ${state}"><title>${kind} ${name}: ${stateWords[state]}, ${note}</title><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}" rx="8"/><text class="mark" x="${round(x + 11)}" y="${round(y + 20)}">${marks[state]}</text><text class="name" x="${round(x + 28)}" y="${round(y + 20)}" textLength="${round(textWidth(shown))}" lengthAdjust="spacingAndGlyphs">${shown}</text><text class="note" x="${round(x + 28)}" y="${round(y + 36)}">${note}</text></g>
`;
}

/** To the next column; and, where edges only pass, across this one. */
function edgesOf(slot: Slot, { boxes }: Placed, byId: ReadonlyMap<string, GraphNode>): Html[] {
  const box = boxes.get(slot)!;
  const [left, right, middle] = [box.x, box.x + box.width, box.y + box.height / 2];
  const way = slot.id === undefined ? [line("", `M${round(left)} ${round(middle)}H${round(right)}`)] : [];
  const state = slot.id === undefined ? undefined : byId.get(slot.id)!.state;
  const onward = slot.to.map((next) => {
    const end = boxes.get(next)!;
    const [x, y] = [end.x, end.y + end.height / 2];
    const turn = round((right + x) / 2);
    const curve = `M${round(right)} ${round(middle)}C${turn} ${round(middle)} ${turn} ${round(y)} ${round(x)} ${round(y)}`;
    return line(isBroken(state) ? "broken" : "", curve);
  });
  return [...way, ...onward];
}

function isBroken(state: NodeState | undefined): boolean {
  return state === "failed" || state === "skipped" || state === "idle";
}

function line(name: string, path: string): Html {
  return html`<path${name ? html` class="${name}"` : undefined} d="${path}"/>`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
