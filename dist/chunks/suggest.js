// src/util/suggest.ts
/**
* The nearest known word to a misspelt one, or undefined when none is near enough to be meant.
* @param most so many letters may differ
*/
function nearest(word, known, most) {
	const limit = most ?? Math.max(1, Math.floor(word.length / 3) + 1);
	return [...known].map((candidate) => ({
		candidate,
		distance: distance(word.toLowerCase(), candidate.toLowerCase())
	})).filter(({ distance }) => distance <= limit).toSorted((a, b) => a.distance - b.distance)[0]?.candidate;
}
/** `did you mean "cron"?`, or the whole list where no word is near. */
function didYouMean(word, known) {
	const best = nearest(word, known);
	if (best !== void 0) return `Did you mean \`${best}\`?`;
	return known.length === 0 ? "There are none here." : `Known here: ${known.join(", ")}.`;
}
/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost 1. */
function distance(a, b) {
	const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array(b.length).fill(0)]);
	for (let j = 0; j <= b.length; j++) rows[0][j] = j;
	for (let i = 1; i <= a.length; i++) for (let j = 1; j <= b.length; j++) {
		const same = a[i - 1] === b[j - 1] ? 0 : 1;
		let best = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
		if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2][j - 2] + 1);
		rows[i][j] = best;
	}
	return rows[a.length][b.length];
}
export { nearest as n, didYouMean as t };
