import { describe, expect, test } from "vitest";
import { createLogger, type LoggerOptions } from "../../src/util/log.ts";

function logger(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const log = createLogger({
    write: (line) => lines.push(line),
    format: "text",
    verbose: false,
    colour: false,
    now: () => new Date("2022-01-20T07:30:00Z"),
    ...options,
  });
  return { log, lines };
}

describe("masking", () => {
  test("a secret is not shown in the message, in a field or in scrubbed text", () => {
    const { log, lines } = logger({ format: "json" });
    log.mask("hunter2");
    log.info("password hunter2", { url: "https://u:hunter2@host" });
    expect(lines.join("")).not.toContain("hunter2");
    expect(log.scrub("hunter2 and hunter2")).toBe("*** and ***");
  });

  test("of two secrets of which one begins the other, nothing is left over, in whatever order they came", () => {
    const short = logger();
    short.log.mask("pass");
    short.log.mask("password-1");
    expect(short.log.scrub("password-1")).toBe("***");

    const long = logger();
    long.log.mask("password-1");
    long.log.mask("pass");
    expect(long.log.scrub("password-1")).toBe("***");
  });

  test("a secret of several lines is masked line by line, and as JSON and URLs write it", () => {
    const { log } = logger();
    log.mask('first "line"\nsecond line\n');
    expect(log.scrub("… second line …")).toBe("… *** …");
    expect(log.scrub(JSON.stringify({ key: 'first "line"\nsecond line\n' }))).toBe('{"key":"***"}');
    expect(log.scrub("?q=second%20line")).toBe("?q=***");
  });

  test("what is too short to be a secret is left readable", () => {
    const { log } = logger();
    log.mask("1");
    log.mask("");
    expect(log.scrub("1 row of 12")).toBe("1 row of 12");
  });

  test("a secret is found inside a JSON line even where JSON escapes it", () => {
    const { log, lines } = logger({ format: "json" });
    log.mask('pa"ss\\word');
    log.info('it is pa"ss\\word');
    expect(JSON.parse(lines[0]!)).toMatchObject({ message: "it is ***" });
  });
});

test("warnings and errors say so", () => {
  const { log, lines } = logger();
  log.info("fine");
  log.warn("slow");
  log.error("broken");
  expect(lines).toEqual(["fine\n", "warning: slow\n", "error: broken\n"]);
});

describe("a problem", () => {
  const where = { file: "pipeline.yaml", line: 3, column: 1 };

  test("is text with its place and its cure for people", () => {
    const { log, lines } = logger();
    log.problem({ severity: "error", message: "unknown key `scedule`", hint: "Did you mean `schedule`?", where });
    expect(lines).toEqual(["pipeline.yaml:3:1 error: unknown key `scedule`\n    Did you mean `schedule`?\n"]);
  });

  test("is one object for machines, and its secrets are masked in either", () => {
    const { log, lines } = logger({ format: "json" });
    log.mask("hunter2");
    log.problem({ severity: "warning", message: "hunter2 is weak", hint: "Not hunter2.", where });
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: "warn", message: "*** is weak", hint: "Not ***.", where });
  });
});

test("debug is written with verbose only", () => {
  const quiet = logger();
  quiet.log.debug("detail");
  expect(quiet.lines).toEqual([]);
  const verbose = logger({ verbose: true });
  verbose.log.debug("detail");
  expect(verbose.lines).toEqual(["detail\n"]);
});

test("JSON lines bear time, level, message and fields, bigints among them", () => {
  const { log, lines } = logger({ format: "json" });
  log.info("done", { rows: 12n });
  expect(JSON.parse(lines[0]!)).toEqual({ time: "2022-01-20T07:30:00.000Z", level: "info", message: "done", rows: 12 });
});

test("colours are for terminals", () => {
  expect(logger().log).toBeDefined();
  const { log, lines } = logger({ colour: true });
  log.error("broken");
  expect(lines[0]).toContain("\u001B[31m");
});

describe("colours", () => {
  test("are painted for a person who sees colours, and for nobody else", () => {
    expect(logger({ colour: true }).log.paint("green", "✓")).toBe("\u001B[32m✓\u001B[39m");
    expect(logger().log.paint("green", "✓")).toBe("✓");
    expect(logger({ colour: true, format: "json" }).log.paint("green", "✓")).toBe("✓");
  });
});
