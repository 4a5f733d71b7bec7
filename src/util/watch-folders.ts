/** Files that change below some folders: told together, when nothing has changed for a moment. */
import { EventEmitter, once } from "node:events";
import { watch, type FSWatcher } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { EtlError, messageOf } from "./error.ts";

export interface WatchOptions {
  folders: string[];
  signal: AbortSignal;
}

export interface Changes {
  /**
   * Absolute paths that changed since the last call, as soon as there are some.
   * @throws the signal's reason
   */
  next(): Promise<Set<string>>;
  close(): void;
}

/** What programs write, and nobody by hand. Folders whose names begin with a dot are left out, too. */
const ignored = new Set(["node_modules", "__pycache__", "venv"]);

/** How long nothing must change: an editor writes a file in several steps, and people save several files at once. */
const quiet = 100;

/** Each folder is watched by itself: watching them recursively would watch all of node_modules. */
export async function watchFolders({ folders, signal }: WatchOptions): Promise<Changes> {
  const changes = collect(signal);
  const watchers = new Map<string, FSWatcher>();
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const open = (folder: string) => {
    const watcher = openWatcher(folder, (name) => changes.add(name === null ? folder : join(folder, name)));
    watcher.on("error", () => forget(folder));
    watchers.set(folder, watcher);
  };
  const refresh = async (): Promise<string[]> => {
    const present = (await Promise.all(folders.map(foldersBelow))).flat();
    for (const folder of watchers.keys()) if (!present.includes(folder)) forget(folder);
    const added = present.filter((folder) => !watchers.has(folder));
    for (const folder of added) open(folder);
    return added;
  };
  await refresh();
  return {
    async next() {
      const changed = await changes.take();
      // A folder that is new holds files before it is watched.
      const added = await Promise.all((await refresh()).map(filesIn));
      return new Set([...changed, ...added.flat()]);
    },
    close() {
      changes.stop();
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}

/** Paths since the last time, once nothing has changed for a moment. */
function collect(signal: AbortSignal) {
  const state = { changed: new Set<string>(), isQuiet: false };
  const told = new EventEmitter();
  let timer: NodeJS.Timeout | undefined;
  const beQuiet = () => {
    state.isQuiet = true;
    told.emit("quiet");
  };
  return {
    add: (path: string) => {
      state.changed.add(path);
      state.isQuiet = false;
      clearTimeout(timer);
      timer = setTimeout(beQuiet, quiet);
    },
    take: async () => {
      signal.throwIfAborted();
      // It throws an error of its own, whose cause says why.
      if (!state.isQuiet) await once(told, "quiet", { signal }).catch(() => signal.throwIfAborted());
      const { changed } = state;
      state.changed = new Set();
      state.isQuiet = false;
      return changed;
    },
    stop: () => clearTimeout(timer),
  };
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inner = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith(".") && !ignored.has(entry.name),
  );
  const deeper = await Promise.all(inner.map(({ name }) => foldersBelow(join(folder, name))));
  return [folder, ...deeper.flat()];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
}

function openWatcher(folder: string, onChange: (name: string | null) => void): FSWatcher {
  try {
    return watch(folder, (_event, name) => onChange(name));
  } catch (cause) {
    throw new EtlError({
      code: "failed",
      message: `${folder} cannot be watched: ${messageOf(cause)}`,
      hint: "Run the tests without --watch. On Linux, fs.inotify.max_user_watches limits how many folders can be watched.",
      cause,
    });
  }
}
