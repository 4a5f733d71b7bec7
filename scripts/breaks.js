// Where long names may be broken: one that stays whole leaves the next column of its table no room on a telephone.

/**
 * A name as code, which may be broken after its points and underscores.
 *
 * @param {string} name
 */
export function breakableCode(name) {
  return `\`${name.length > 14 ? name.replaceAll(/[._](?=\w{4})/g, "$&`<wbr>`") : name}\``;
}

/**
 * A text whose environment variables may be broken after their underscores.
 *
 * @param {string} text
 */
export function withBreaks(text) {
  return text.replaceAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g, (name) =>
    name.length > 20 ? name.replaceAll("_", "_<wbr>") : name,
  );
}
