/**
 * A Grafana dashboard, as far as ours say anything: everything else is Grafana's default.
 * Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */

/** Where Prometheus is, the reader chooses at the top of the dashboard. */
const prometheus = { type: "prometheus", uid: "${datasource}" };

export interface Query {
  expr: string;
  /** Name of the line; `{{label}}` stands for a label's value. */
  legend?: string;
}

export interface Threshold {
  /** From this value on; the first has none. */
  from?: number;
  colour: "green" | "yellow" | "red" | "text";
}

export interface PanelContent {
  title: string;
  /** What a reader may ask of it. */
  description: string;
  queries: Query[];
  /** Grafana's name: `s`, `bytes`, `short`, `percentunit`, `dateTimeFromNow`. */
  unit: string;
  thresholds?: Threshold[];
  /** Words in the place of values. */
  words?: Record<string, { text: string; colour: string }>;
}

export interface Section {
  kind: "stat" | "timeseries";
  panels: PanelContent[];
}

export interface DashboardContent {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  sections: Section[];
}

const columns = 24;
const heights = { stat: 4, timeseries: 8 };
/** Panels side by side. */
const most = { stat: 6, timeseries: 2 };

/** @returns the JSON that Grafana imports */
export function makeDashboard({ sections, ...head }: DashboardContent): object {
  return {
    ...head,
    schemaVersion: 39,
    editable: true,
    timezone: "browser",
    time: { from: "now-14d", to: "now" },
    refresh: "5m",
    annotations: { list: [] },
    templating: { list: [{ name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus" }] },
    panels: placePanels(sections).map((panel, i) => ({ id: i + 1, ...panel })),
  };
}

/** Row under row, each row as wide as the dashboard. */
function placePanels(sections: Section[]): object[] {
  let y = 0;
  return sections.flatMap(({ kind, panels }) =>
    chunks(panels, most[kind]).flatMap((row) => {
      const [w, h] = [columns / row.length, heights[kind]];
      const placed = row.map((panel, i) => ({ gridPos: { h, w, x: i * w, y }, ...makePanel(kind, panel) }));
      y += h;
      return placed;
    }),
  );
}

function chunks<T>(items: T[], size: number): T[][] {
  return items.length === 0 ? [] : [items.slice(0, size), ...chunks(items.slice(size), size)];
}

function makePanel(kind: Section["kind"], { title, description, queries, unit, thresholds, words }: PanelContent) {
  return {
    type: kind,
    title,
    description,
    datasource: prometheus,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + i),
      datasource: prometheus,
      expr,
      ...(legend !== undefined && { legendFormat: legend }),
      ...(kind === "stat" && { instant: true, range: false }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(thresholds && { thresholds: thresholdsOf(thresholds) }),
        ...(words && { mappings: [mappingOf(words)] }),
        ...(kind === "timeseries" && { min: 0, custom: customOf(thresholds) }),
      },
      overrides: [],
    },
    options: kind === "stat" ? statOptions : timeseriesOptions,
  };
}

function thresholdsOf(thresholds: Threshold[]) {
  // Grafana writes the first as null, which stands for everything below the second.
  return { mode: "absolute", steps: thresholds.map(({ from, colour }) => ({ value: from ?? null, color: colour })) };
}

function mappingOf(words: NonNullable<PanelContent["words"]>) {
  const options = Object.entries(words).map(([value, { text, colour }], index) => [
    value,
    { text, color: colour, index },
  ]);
  return { type: "value", options: Object.fromEntries(options) as Record<string, object> };
}

/** A run leaves one value, which stands until the next: lines go in steps. */
function customOf(thresholds: Threshold[] | undefined) {
  return {
    drawStyle: "line",
    lineInterpolation: "stepAfter",
    lineWidth: 1,
    fillOpacity: 10,
    ...(thresholds && { thresholdsStyle: { mode: "dashed" } }),
  };
}

const statOptions = {
  colorMode: "value",
  graphMode: "none",
  justifyMode: "auto",
  orientation: "auto",
  percentChangeColorMode: "standard",
  reduceOptions: { calcs: ["lastNotNull"], values: false },
  showPercentChange: false,
  textMode: "auto",
  wideLayout: true,
};

const timeseriesOptions = {
  legend: { calcs: ["lastNotNull"], displayMode: "list", placement: "bottom", showLegend: true },
  tooltip: { mode: "multi", sort: "none" },
};
