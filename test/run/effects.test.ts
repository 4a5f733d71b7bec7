import { cp, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../src/commands/run.ts";
import type { Effect } from "../../src/util/context.ts";
import { setStage, usualEnv, type Stage } from "./cases.ts";
import { buildKiller, type Killer } from "./children.ts";
import { realContext } from "./context.ts";
import { effects } from "./effects.ts";
import { makeScenarios } from "./scenarios.ts";

let killer: Killer;
let stage: Stage;
let root: string;

beforeAll(async () => {
  killer = await buildKiller();
  stage = await setStage(makeScenarios(600).find(({ name }) => name === "replace")!);
  root = await mkdtemp(join(tmpdir(), "nais-etl-effects-"));
});

afterAll(async () => {
  await Promise.all([killer.remove(), stage.remove(), rm(root, { recursive: true })]);
});

test("every side effect of a run is in the list of effects, and every effect of the list is seen", async () => {
  const seen = new Set<string>();
  const list: Effect = (name, act) => (seen.add(name), act());
  // The first leaves a file that was not published, the second one that was.
  for (const effect of ["file.stage", "publish.commit"]) await runTwice({ killedAfter: effect, effect: list });

  expect([...seen].filter((name) => !(name in effects))).toEqual([]);
  expect(Object.keys(effects).filter((name) => !seen.has(name))).toEqual([]);
});

test("no file changes outside of a named effect", async () => {
  for (const effect of ["file.stage", "publish.commit"]) {
    const watch = watchTree();
    const place = await runTwice({ killedAfter: effect, effect: watch.effect, onStart: (place) => watch.begin(place) });
    await watch.end();
    expect(watch.changes).toEqual([]);
    expect(watch.looks).toBeGreaterThan(50);
    await rm(place, { recursive: true });
  }
});

interface Twice {
  killedAfter: string;
  /** Of the second run. */
  effect: Effect;
  /** Called with the folder that holds all, before the second run. */
  onStart?: (folder: string) => Promise<void>;
}

/** A run that is killed, and the one after it, which has most to do. @returns the folder that holds all of it */
async function runTwice({ killedAfter, effect, onStart }: Twice): Promise<string> {
  const place = await mkdtemp(join(root, "case-"));
  const [folder, temporary] = [join(place, "pipeline"), join(place, "tmp")];
  await mkdir(temporary);
  await cp(stage.place.folder, folder, { recursive: true });
  const kill = { signal: "SIGKILL", effect: killedAfter, nth: 0, when: "after", delay: 0 } as const;
  // What one has kept, the next takes up, and does not make.
  const env = killedAfter === "publish.commit" ? usualEnv : {};
  await killer.start({ folder, tmpdir: temporary, options: {}, kill, env }).ended;
  await onStart?.(place);
  expect(await run({}, realContext({ folder, tmpdir: temporary, env: usualEnv, effect }))).toBe(0);
  return place;
}

/** Compares the tree at the end of each effect with the tree at the beginning of the next. Effects at the same time count as one. */
function watchTree() {
  const changes: string[] = [];
  let folder = "";
  let last = new Map<string, string>();
  let lastEffect = "the start";
  let running = 0;
  let looking = Promise.resolve();
  const look = async (next: string) => {
    const now = await readTree(folder);
    const names = new Set([...last.keys(), ...now.keys()]);
    for (const name of names)
      if (last.get(name) !== now.get(name)) changes.push(`${name}, between ${lastEffect} and ${next}`);
    watch.looks++;
  };
  const watch = {
    changes,
    looks: 0,
    async begin(place: string) {
      folder = place;
      last = await readTree(folder);
    },
    effect: (async (name, act) => {
      if (running++ === 0) await (looking = look(name));
      else await looking;
      try {
        return await act();
      } finally {
        if (--running === 0) {
          last = await readTree(folder);
          lastEffect = name;
          watch.looks++;
        }
      }
    }) satisfies Effect,
    end: () => look("the end"),
  };
  return watch;
}

/** Name → size and times. The engine spills when it must, whatever runs: its folder of that is left out. */
async function readTree(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const tree = new Map<string, string>();
  for (const name of names) {
    if (/\/spill(?:\/|$)/.test(name)) continue;
    const found = await stat(join(folder, name), { bigint: true }).catch(() => undefined);
    if (found) tree.set(name, `${found.size} ${found.mtimeNs} ${found.ino}`);
  }
  return tree;
}
