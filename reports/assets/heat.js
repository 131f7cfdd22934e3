// What the squares of the shaded tables can show instead of the share that loads. Owns what is measured
// and in which words; `answer.js` writes it into the squares.

const STRONGEST = 40; // percent of the colour, so that the text on it can be read
const between0and1 = (value) => Math.min(1, Math.max(0, value));
const twoDigits = (value) => String(Number(value.toPrecision(2)));
// The data block writes numbers that are not finite as words.
const numberOf = (value) => (typeof value === "string" ? Infinity : value);

function largestSilentDifference(list) {
  const silent = list.filter((cell) => cell.verdict === "differs");
  const known = silent.map((cell) => numberOf(cell.kind.difference)).filter((value) => value !== null);
  return { value: known.length ? Math.max(...known) : null, count: silent.length };
}

function medianLoadSeconds(list) {
  const loaded = list.filter((cell) => cell.kind.plainLoad >= 0);
  const times = loaded.map((cell) => loadSecondsOf(cell, cell.kind.plainLoad));
  const seconds = times.filter((one) => typeof one === "number").sort((a, b) => a - b);
  const half = seconds.length / 2;
  const value = seconds.length ? (seconds[Math.ceil(half) - 1] + seconds[Math.floor(half)]) / 2 : null;
  return { value, count: seconds.length };
}

// For each measure: what it says above the table, and for the cells of a square what it shows (text, note),
// its name for screen readers, and how strong its colour is (0 to 1).
const MEASURES = {
  difference: {
    says: "The largest difference of outputs (relative) among the test models that load without an error and are silently wrong, and how many are.",
    square: (list) => {
      const { value, count } = largestSilentDifference(list);
      if (!count) return { text: "none", note: "", name: `No silent difference in ${number(list.length)} loads.`, strength: 0 };
      const shown = value === null ? "unknown" : value === Infinity ? "not finite" : twoDigits(value);
      const name = `Largest silent difference: ${shown}. ${number(count)} of ${number(list.length)} loads differ silently.`;
      return { text: shown, note: `in ${number(count)}`, name, strength: 0.25 + 0.75 * between0and1(1 + Math.log10(value || 1e-9) / 5) };
    },
  },
  seconds: {
    says: "The median time in seconds to load a test model as it is, of the loads that give one. Importing the framework, predicting and checking are not in it.",
    square: (list) => {
      const { value, count } = medianLoadSeconds(list);
      if (!count) return { text: "no load", note: "", name: "No model loads as it is.", strength: 0 };
      const name = `Median time to load: ${twoDigits(value)} seconds, of ${number(count)} loads as they are.`;
      return { text: `${twoDigits(value)} s`, note: `of ${number(count)}`, name, strength: between0and1((2 + Math.log10(value || 1e-9)) / 3) };
    },
  },
};
const measureOf = (name) => (Object.hasOwn(MEASURES, name) ? MEASURES[name] : null);
