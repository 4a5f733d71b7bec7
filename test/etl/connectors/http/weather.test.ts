import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IncomingMessage } from "node:http";
import { afterEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { asks, json, startHttpServer, type HttpServer } from "../../../servers/http.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";
import { runFolder } from "../../../support/run.ts";

// The example against a server that answers as Open-Meteo does: what it is asked, what is kept, what is published.

const example = fileURLToPath(new URL("../../../../examples/weather", import.meta.url));
let server: HttpServer | undefined;
let folder: Folder | undefined;

afterEach(async () => {
  await server?.stop();
  await folder?.remove();
});

/** Hours of the asked days, in UTC; with rain in each hour, and a temperature that says which answer it is. */
function hourly(request: IncomingMessage, n: number) {
  const [first, last] = ["start_date", "end_date"].map((name) => Date.parse(`${asks(request, name)}T00:00Z`));
  const hours = Array.from({ length: (last! - first!) / 3_600_000 + 24 }, (_, i) => first! + i * 3_600_000);
  return {
    hourly_units: { time: "iso8601" },
    hourly: {
      time: hours.map((hour) => new Date(hour).toISOString().slice(0, 16)),
      temperature_2m: hours.map(() => n),
      precipitation: hours.map(() => 1),
      wind_speed_10m: hours.map(() => 10),
    },
  };
}

test("three runs, whose answers overlap, publish each day once, as the newest answer has it", async () => {
  const days = await readFile(join(example, "data/seattle-weather.csv"));
  let asked = 0;
  server = await startHttpServer((request, to) =>
    request.url === "/days.csv" ? to.end(days) : json(to, hourly(request, asked++)),
  );
  folder = await stage(server.url);

  const runs = [];
  for (const interval of ["2026-10-24", "2026-10-25", "2026-10-26"])
    runs.push(await runFolder(folder, { target: "stub", interval }));

  expect(runs.map(({ code, text }) => [code, code === 0 ? "" : text])).toEqual(runs.map(() => [0, ""]));
  expect(server.asked.find(({ path }) => path.startsWith("/v1"))?.path).toBe(
    "/v1/forecast?latitude=59.91&longitude=10.75&hourly=temperature_2m%2Cprecipitation%2Cwind_speed_10m&timezone=GMT&start_date=2026-10-17&end_date=2026-10-25",
  );
  expect(runs[0]!.text).toMatch(/source +hours +216 rows/);
  const published = (await folder.read("out/per_day.ndjson"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(published).toHaveLength(10);
  expect(published.find((day) => "date" in day && day.date === "2026-10-24")).toMatchObject({
    hours: 24,
    precipitation: 24,
    temperature_max: 2,
  });
  expect(published.find((day) => "date" in day && day.date === "2026-10-25")).toMatchObject({
    hours: 25,
    precipitation: 25,
  });
  const kept = (await readdir(join(folder.path, "raw"))).filter((name) => !name.endsWith(".meta.json"));
  expect(kept).toHaveLength(3);
});

/** The example with a target that asks the server, keeps its answers, and publishes to a file. */
async function stage(url: string): Promise<Folder> {
  const made = await makeFolder();
  await cp(example, made.path, { recursive: true, filter: (path) => !/\.nais-etl|\bout\b/.test(path) });
  const pipeline = parse(await made.read("pipeline.yaml")) as Record<string, unknown>;
  const stub = {
    sources: { days: { url: `${url}/days.csv` }, hours: { url: `${url}/v1/forecast`, raw: "raw/hours_{time}.json" } },
    outputs: {
      weather_per_day: null,
      weather_per_month: null,
      per_day: { type: "file", model: "weather_per_day", path: "out/per_day.ndjson", write: "merge", key: "date" },
    },
  };
  await made.write("pipeline.yaml", stringify({ ...pipeline, targets: { stub } }));
  return made;
}
