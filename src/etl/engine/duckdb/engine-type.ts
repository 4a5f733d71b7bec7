/** DuckDB's own types, as its schemas write them. */

export interface EngineType {
  /** Without parameters: DECIMAL, STRUCT, LIST, TIMESTAMP_NS … */
  name: string;
  parameters: number[];
  element?: EngineType;
  fields?: { name: string; type: EngineType }[];
}

/** Parses `DECIMAL(18,3)`, `STRUCT("a b" INTEGER, c VARCHAR[])` and the like. */
export function parseEngineType(text: string): EngineType {
  const tokens = text.match(/"(?:[^"]|"")*"|\d+|[A-Za-z_][A-Za-z0-9_]*|\S/g) ?? [];
  let at = 0;

  function type(): EngineType {
    let found = plain();
    while (tokens[at] === "[") {
      at += tokens[at + 1] === "]" ? 2 : 3;
      found = { name: "LIST", parameters: [], element: found };
    }
    return found;
  }

  function plain(): EngineType {
    const name = words();
    if (tokens[at] !== "(") return { name, parameters: [] };
    at++;
    const inner = name === "STRUCT" ? { fields: fields(), parameters: [] } : { parameters: numbers() };
    at++;
    return { name, ...inner };
  }

  /** TIMESTAMP WITH TIME ZONE is one name. */
  function words(): string {
    const found: string[] = [];
    while (at < tokens.length && /^[A-Za-z_]/.test(tokens[at]!)) found.push(tokens[at++]!);
    return found.join(" ");
  }

  function fields(): { name: string; type: EngineType }[] {
    const found: { name: string; type: EngineType }[] = [];
    while (tokens[at] !== ")" && at < tokens.length) {
      const name = tokens[at++]!;
      found.push({ name: name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name, type: type() });
      if (tokens[at] === ",") at++;
    }
    return found;
  }

  /** What is no number (the types of a MAP, the values of an ENUM) is passed over. */
  function numbers(): number[] {
    const found: number[] = [];
    for (let depth = 1; at < tokens.length; at++) {
      if (tokens[at] === "(") depth++;
      if (tokens[at] === ")" && --depth === 0) break;
      if (/^\d+$/.test(tokens[at]!)) found.push(Number(tokens[at]));
    }
    return found;
  }

  return type();
}
