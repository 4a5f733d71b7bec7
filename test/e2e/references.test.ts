/** Names of images, read by us and by the module that docker, podman and the registry read them with. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseReference } from "../../src/ship/image/reference.ts";
import { generator } from "../support/random.ts";
import { buildProgram, buildTimeout } from "./support/go.ts";

interface Read {
  registry?: string;
  repository?: string;
  tag?: string;
  digest?: string;
  error?: string;
}

const sha256 = `sha256:${"0a".repeat(32)}`;
const sha512 = `sha512:${"0a".repeat(64)}`;

/** Each word of the grammar, well formed and otherwise. */
const registries = [
  ..."ghcr.io x.no localhost localhost:5000 127.0.0.1:5000 [::1]:5000 [::1] docker.io index.docker.io".split(" "),
  ..."ghcr.io:443 a-b.no -a.no a-.no a..no x.no: x.no:port x.no:99999 GHCR.io [::g] https: _a.no a_b.no".split(" "),
  "",
];
const paths = [
  ..."node owner/name a/b/c/d a.b a_b a__b a-b a--b a---b 0 9/9 library/node a/0.1".split(" "),
  ..."Node owner/Name a..b a___b a.-b a-_b -a a- .a a. _a a_ a/ /a a//b å a+b a,b".split(" "),
  "a b",
  "a/b c",
  "",
  "a".repeat(64),
  `a/${"a".repeat(64)}`,
  "b".repeat(255),
  `a/${"b".repeat(253)}`,
  `a/${"b".repeat(254)}`,
];
const tags = ["", ":1", ":v1.0", ":_a", ":A-b.c_d", ":latest", ":", ":-1", ":.1", ":a/b", ":a b", ":æ", ":1:2"];
const lengths = [`:${"t".repeat(128)}`, `:${"t".repeat(129)}`];
const digests = ["", "", `@${sha256}`, `@${sha512}`, "@", "@sha256:abc", `@${sha256}0`, `@md5:${"0a".repeat(16)}`];
const upper = [`@${sha256.toUpperCase()}`, `@sha256:${"0A".repeat(32)}`, `@${sha256}@${sha256}`];

/** Every word on its own, and a few thousand of them put together. */
function names(): string[] {
  const random = generator(7);
  // The first of each list are well formed, and come up more often.
  const one = <T>(list: readonly T[]) => list[Math.floor(random() ** 2 * list.length)]!;
  const [allTags, allDigests] = [
    [...tags, ...lengths],
    [...digests, ...upper],
  ];
  const alone = [
    ...registries.map((registry) => `${registry}/a/b`),
    ...paths,
    ...allTags.map((tag) => `a/b${tag}`),
    ...allDigests.map((digest) => `a/b${digest}`),
    "smedina1304/runPodsPython:v1.0",
    "https://ghcr.io/a/b",
  ];
  const together = Array.from({ length: 3000 }, () => {
    const registry = one(["", "", ...registries]);
    return `${registry && `${registry}/`}${one(paths)}${one(["", ...allTags])}${one(allDigests)}`;
  });
  return [...new Set([...alone, ...together])];
}

function ours(text: string): Read {
  try {
    const { registry, repository, tag, digest } = parseReference(text);
    return { registry, repository, ...(tag && { tag }), ...(digest && { digest }) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/**
 * What we refuse and they take: a capital before the first slash makes a host for them, though `MyName/image` was hardly
 * meant as one; and a host with `_` becomes a name without any host, which nothing can be pulled by.
 */
const takenByMistake = (text: string, { registry }: Read) =>
  registry === undefined || /^[^/.:@]*[A-Z][^/.:@]*\//.test(text);

test("what is a name is one for both, and its parts are the same", { timeout: buildTimeout }, async ({ skip }) => {
  const module = fileURLToPath(new URL("references", import.meta.url));
  const built = await buildProgram({ name: "references", module, variable: "NAIS_ETL_REFERENCES" });
  if ("missing" in built) return skip(built.missing);
  const asked = names();
  const input = asked.map((text) => `${JSON.stringify(text)}\n`).join("");
  const { stdout } = spawnSync(built.path, { input, encoding: "utf8", maxBuffer: 2 ** 26 });
  const theirs = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Read);
  const differ = asked.flatMap((text, i) => {
    const [we, they] = [ours(text), theirs[i]!];
    if (we.error !== undefined && (they.error !== undefined || takenByMistake(text, they))) return [];
    return JSON.stringify(we) === JSON.stringify(they) ? [] : [{ text, we, they }];
  });
  expect(differ).toEqual([]);
  const taken = theirs.filter(({ error }) => error === undefined).length;
  expect([asked.length > 2000, taken > 300]).toEqual([true, true]);
});
