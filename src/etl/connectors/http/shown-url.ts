/** An address as it may be shown: without user, password and secrets, and with the query that pipeline.yaml has. */
export interface ShownUrl {
  url: URL;
  /** Replaces secrets by `***`. */
  scrub: (text: string) => string;
}

export function showUrl({ url, scrub }: ShownUrl): string {
  const query = [...url.searchParams].map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join("&");
  return scrub(`${url.origin}${url.pathname}${query === "" ? "" : `?${query}`}`);
}
