/** Why an image that runs elsewhere does not run in a pod, from what it said at its end. */

export interface PodEnd {
  /** 128 and the signal, where one ended it. */
  exitCode: number;
  /** Whether the kernel ended a process of it for want of memory. */
  isOutOfMemory: boolean;
  /** The last lines, of both outputs. */
  output: string;
  /** As the Naisjob says it: `512Mi`. */
  memory: string;
  /** Absolute paths in it: the folder of its pipelines, and those that a run on samples writes. */
  folder: string;
  writable: readonly string[];
}

export interface Explained {
  message: string;
  hint: string | undefined;
}

/** The first that fits counts: what is more certain, and more of a cause, goes first. */
export function explainEnd(end: PodEnd): Explained {
  const causes = [outOfMemory, wrongPlatform, noEntrypoint, noHome, readOnly, notAllowed, noNetwork];
  for (const cause of causes) {
    const found = cause(end);
    if (found) return found;
  }
  return { message: `it ended with exit code ${end.exitCode}`, hint: undefined };
}

type Cause = (end: PodEnd) => Explained | undefined;

const outOfMemory: Cause = ({ exitCode, isOutOfMemory, memory }) => {
  // Not every machine says that it was memory; nobody else is there to kill it.
  if (!isOutOfMemory && exitCode !== 137) return undefined;
  const how = isOutOfMemory ? "it needs" : "it was killed (exit code 137), so most likely it needs";
  return {
    message: `${how} more than the pod's ${memory} of memory`,
    hint: "Give it more, `nais: { resources: { limits: { memory: 1Gi } } }`, or let models hold less at a time: SQL goes through data without keeping it, frames hold all of it.",
  };
};

const wrongPlatform: Cause = ({ output }) => {
  if (!/exec format error/i.test(output)) return undefined;
  return {
    message: "it was built for another processor than this machine has",
    hint: "The clusters run linux/amd64. On another machine it can only be run where emulation is set up: `docker run --privileged --rm tonistiigi/binfmt --install amd64`.",
  };
};

const noEntrypoint: Cause = ({ exitCode, output }) => {
  if (/ld-linux|ld-musl/.test(output))
    return { message: "it lacks the C library that its programs were built for", hint: musl };
  const program = notFound.map((pattern) => pattern.exec(output)?.[1]).find((name) => name !== undefined);
  if (exitCode !== 127 && program === undefined) return undefined;
  const what = program === undefined ? "what it starts" : `\`${program}\`, which it starts,`;
  return {
    message: `${what} is not in the image`,
    hint: "Check ENTRYPOINT and CMD, and `command` of the Naisjob: no shell looks at them, and PATH is that of the image. A script is not found either where the program of its first line is not.",
  };
};

/** As runc, crun, the kernel and shells say it. */
const notFound = [
  /exec: "([^"]+)": (?:executable file not found|stat|no such file)/,
  /executable file `([^`]+)` not found/,
  /exec ([^\s:]+): no such file/,
  /sh: (?:\d+: |line \d+: )?([^\s:]+): (?:command )?not found/,
];

const musl = "DuckDB and Node's own builds need glibc: take a base of Debian (`-slim`), not Alpine.";

const noHome: Cause = ({ output }) => {
  const needsHome =
    /KeyError: 'HOME'|could not determine home directory|\$?HOME(?: is)? (?:not set|unset|not defined)/i;
  const hidden = pathIn(output)?.match(/^\/\.[\w-]+/)?.[0];
  if (!needsHome.test(output) && hidden === undefined) return undefined;
  const what = hidden === undefined ? "a home folder" : `to write \`${hidden}\` in a home folder`;
  return {
    message: `it wants ${what}, and in a pod there is none`,
    hint: "Say where it may write, in the Dockerfile: `ENV HOME=/tmp`.",
  };
};

const readOnly: Cause = ({ output, folder }) => {
  if (!/EROFS|read-only file system/i.test(output)) return undefined;
  const path = pathIn(output);
  const isOutput = path !== undefined && folder !== "" && path.startsWith(`${folder}/`);
  return {
    message: `it writes ${path === undefined ? "outside /tmp" : `\`${path}\``}, and in a pod only /tmp can be written`,
    hint: `Write below /tmp: most programs take a folder from TMPDIR or an option of their own.${isOutput ? " An output of type file has a folder of its own, `path: out/rows.csv`, which this trial can write; on the cluster it goes elsewhere." : ""}`,
  };
};

const notAllowed: Cause = ({ output, writable }) => {
  if (!/EACCES|EPERM|permission denied|operation not permitted/i.test(output)) return undefined;
  const path = pathIn(output);
  const inTheWay = writable.find((folder) => path === folder || path?.startsWith(`${folder}/`));
  if (inTheWay !== undefined)
    return {
      message: `user 1069 may not write \`${inTheWay}\`: the image has this folder, and it belongs to somebody else`,
      hint: "What a run writes is no part of an image. Write the folder into `.dockerignore`, and let no instruction of the Dockerfile make or copy it.",
    };
  return {
    message: `user 1069 may not use ${path === undefined ? "what it needs" : `\`${path}\``}`,
    hint: "Files of the image belong to root, and must be readable by all: `COPY --chmod=755 …`, or `chmod -R a+rX` before the build. Ports below 1024 and changes of owner are for root alone.",
  };
};

const noNetwork: Cause = ({ output }) => {
  const [, host] = /(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED)\s+([\w.:-]+)/.exec(output) ?? [];
  if (host === undefined && !/getaddrinfo|name resolution|network is unreachable/i.test(output)) return undefined;
  return {
    message: `it asks ${host === undefined ? "the network" : `\`${host}\``}, and this trial has no network`,
    hint: "Give each source a `sample`, so that the trial reads that; `nais-etl sample` makes one. What a model fetches itself belongs into a source.",
  };
};

const refused = /EROFS|EACCES|EPERM|read-only|permission denied|not permitted/i;

/** As Node and Python put it into quotes, or shells in front. */
function pathIn(output: string): string | undefined {
  const lines = output.split("\n").filter((line) => refused.test(line));
  const paths = lines.map((line) => /['"`](\/[^'"`]+)['"`]/.exec(line)?.[1] ?? /(?:^|\s)(\/[^\s:]+): /.exec(line)?.[1]);
  return paths.find((path) => path !== undefined);
}
