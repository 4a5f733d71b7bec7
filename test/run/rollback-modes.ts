/** Every way in which an interval is published, each with what it does where its run id is published already. */
export const modes = [
  { write: "append", how: "once for each interval", output: { write: "append", partition: "dato" } },
  { write: "merge", how: "always", output: { write: "merge", key: "dato" } },
  { write: "merge", how: "unless it is loaded", output: { write: "merge", key: "dato", skip_if: "loaded" } },
  { write: "replace_partition", how: "always", output: { write: "replace_partition", partition: "dato" } },
  {
    write: "replace_partition",
    how: "unless it is loaded",
    output: { write: "replace_partition", partition: "dato", skip_if: "loaded" },
  },
];
