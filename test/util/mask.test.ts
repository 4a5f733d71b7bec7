import { describe, expect, test } from "vitest";
import { createMask } from "../../src/util/mask.ts";
import { generator } from "../support/random.ts";

function scrubber(...secrets: string[]): (text: string) => string {
  const mask = createMask();
  for (const secret of secrets) mask.add(secret);
  return mask.scrub;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** As software writes texts into other texts. */
const writings: Record<string, (text: string) => string> = {
  "as it is": (text) => text,
  "in small letters": (text) => text.toLowerCase(),
  "in JSON": (text) => JSON.stringify(text),
  "in JSON inside JSON": (text) => JSON.stringify(JSON.stringify(text)),
  "in JSON of ASCII": (text) =>
    JSON.stringify(text).replaceAll(/[^ -~]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "in JSON for HTML": (text) => JSON.stringify(text).replaceAll("/", "\\/").replaceAll("<", "\\u003C"),
  "as a part of a URL": encodeURIComponent,
  "as a part of a URL, as RFC 3986 has it": (text) =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16)}`),
  "as a whole URL": encodeURI,
  "in a query": (text) => new URLSearchParams({ q: text }).toString(),
  "in a URL's query": (text) => new URL(`https://host/?q=${text.replaceAll(/[#&]/g, encodeURIComponent)}`).href,
  "as a password in a URL": (text) => {
    const url = new URL("https://host/");
    url.username = "user";
    url.password = text;
    return url.href;
  },
  "in a URL inside a URL": (text) => encodeURIComponent(encodeURIComponent(text)),
  "in HTML": (text) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  "in SQL": (text) => `'${text.replaceAll("'", "''")}'`,
  "in SQL on a shell's command line, in JSON": (text) =>
    JSON.stringify(`'${`'${text.replaceAll("'", "''")}'`.replaceAll("'", `'"'"'`)}'`),
  "in base64": base64,
  "in base64 behind a byte": (text) => base64(`:${text}`),
  "in base64 behind two": (text) => base64(`u:${text}!`),
  "in base64 behind a user's name": (text) => `Basic ${base64(`user:${text}`)}`,
  "in base64 for URLs": (text) => Buffer.from(`{"k":"${text}"}`).toString("base64url"),
  "in base64 in a URL": (text) => encodeURIComponent(base64(text)),
  "in hexadecimal": (text) => Buffer.from(text).toString("hex"),
  "in hexadecimal, large": (text) => Buffer.from(text).toString("hex").toUpperCase(),
};

const secrets = [
  "hunter2-hunter2",
  "pa\"ss\\word <&> 'x' /+?#%",
  "\\\\\\double\\\\",
  "blåbærsyltetøy på brød",
  "😀 smile 🎉",
  "ab+/==cd",
  "%41%2F%2525",
  "(a|b)*[c]{2}$^.",
];

describe.each(secrets)("the secret %s is found", (secret) => {
  test.each(Object.entries(writings))("%s", (_how, write) => {
    const scrub = scrubber(secret);
    const text = `before ${write(secret)} behind`;
    const scrubbed = scrub(text);
    expect(scrubbed).toContain("***");
    expect(scrubbed).toMatch(/^before .* behind$/);
    // No four characters in a row of what was written are left.
    const left = scrubbed.slice("before ".length, -" behind".length);
    const said = write("").toLowerCase();
    for (let i = 0; i + 4 <= secret.length; i++)
      expect(said.includes(secret.slice(i, i + 4)) || !left.includes(secret.slice(i, i + 4)), left).toBe(true);
  });
});

test("of what base64 made of a secret no more is left than a letter at either end", () => {
  for (const user of ["", "u", "us", "use", "user"]) {
    const [before, behind] = scrubber("correct horse battery")(base64(`${user}correct horse battery`)).split("***");
    expect(before!.length).toBe(Math.ceil((user.length * 4) / 3));
    expect(behind).toMatch(/^[A-Za-z0-9]?=*$/);
  }
});

describe("of several lines", () => {
  const pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEF/+AA\n-----END PRIVATE KEY-----\n";

  test("each line is found by itself, and all of it as JSON and URLs write it", () => {
    const scrub = scrubber(pem);
    expect(scrub("… MIIEvQIBADANBgkq …")).toBe("… *** …");
    expect(scrub(JSON.stringify({ key: pem }))).toBe('{"key":"***"}');
    expect(scrub(`?q=${encodeURIComponent(pem)}`)).toBe("?q=***");
    expect(scrub(base64("hkiG9w0BAQEF/+AA"))).toBe("***Q==");
    expect(scrub(pem.replaceAll("\n", "\r\n"))).not.toMatch(/MII|hki/);
  });
});

describe("several secrets", () => {
  test("of which one begins the other leave nothing over, in whatever order they came", () => {
    expect(scrubber("pass", "password-1")("password-1")).toBe("***");
    expect(scrubber("password-1", "pass")("password-1")).toBe("***");
  });

  test("that overlap leave nothing over", () => {
    expect(scrubber("abcdef", "defghi")("xx abcdefghi yy")).toBe("xx *** yy");
  });

  test("that stand side by side are each shown as one", () => {
    expect(scrubber("abcdef")("abcdefabcdef")).toBe("******");
  });
});

describe("what is no secret stays:", () => {
  test("what is too short to be one", () => {
    const scrub = scrubber("1", "", "ab");
    expect(scrub("1 row of 12, ab")).toBe("1 row of 12, ab");
  });

  test("a short word in another case, and words that look like the code of a short one", () => {
    expect(scrubber("NAV")("nav NAVN TkFW")).toBe("nav ***N TkFW");
  });

  test("texts without one, to the letter", () => {
    const text = '{ "a": 1.0,\n "b": [ ] }';
    expect(scrubber("hunter2-hunter2")(text)).toBe(text);
  });
});

describe("JSON", () => {
  test("stays JSON, whatever the secret is", () => {
    for (const secret of ["12345", "true", '": "', '"},{"', "null", "]},"]) {
      const value = { a: 12345, b: `x${secret}x`, c: [true, null, 1123456], [`k${secret}`]: { d: secret } };
      const scrubbed = scrubber(secret)(JSON.stringify(value));
      expect(JSON.parse(scrubbed)).toMatchObject({ b: "x***x", "k***": { d: "***" } });
    }
  });

  test("keeps its indentation and its last line break, and every other value", () => {
    const value = { rows: 12345, big: "9007199254740993", note: "the secret is 12345", list: [{ a: 1.5, b: null }] };
    const scrubbed = scrubber("12345")(`${JSON.stringify(value, undefined, 2)}\n`);
    expect(scrubbed).toBe(`${JSON.stringify({ ...value, rows: "***", note: "the secret is ***" }, undefined, 2)}\n`);
  });

  test("that is none is a text like any other", () => {
    expect(scrubber("12345")("{ 12345")).toBe("{ ***");
  });
});

test("no text takes for ever, however many backslashes and percent signs it has", () => {
  const scrub = scrubber("\\".repeat(20), '\\"\\"\\"\\"\\"', "%".repeat(20), " ".repeat(5) + "x y", "a\n\n\n\nb");
  const random = generator(7);
  const letters = ["\\", '"', "%", "25", " ", "\n", "n", "u"];
  const text = Array.from({ length: 20_000 }, () => letters[Math.floor(random() * letters.length)]).join("");
  expect(scrub(text).length).toBeLessThanOrEqual(text.length);
  expect(scrub("\\".repeat(5000)).length).toBeLessThan(5000);
  expect(scrub(`${"%25".repeat(3000)}x`)).toContain("x");
});
