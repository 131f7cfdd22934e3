// Reads the data block. Owns its layout (written by reports/page_data.py) and nothing on screen.

const source = document.getElementById("data");
const packed = source.type !== "application/json";
if (packed && !("DecompressionStream" in window)) {
  document.getElementById("packed").textContent =
    "This browser cannot unpack the cells of this page: it is older than Chrome 80, Firefox 113 or Safari 16.4. The summary above is complete.";
  return;
}

async function unpacked(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

const block = packed ? await unpacked(source.textContent) : JSON.parse(source.textContent);
const text = (number) => block.texts[number];
const FACETS = ["saver", "model", "format", "loader", "cause"];

// What the verdict alone leaves open: the strategy that helps, or what was lost.
function noteOf(verdict, strategy, lost) {
  if (verdict === "assisted") return strategy;
  return verdict === "partial" && lost ? `no ${lost}` : "";
}

const UNMEASURED = new Set(["unsaved", "unavailable", "not-run", "impossible"]);

// What a filter needs, for every cell: decoded once, cheap for tens of thousands.
const cells = block.cells.map((row, index) => {
  const [saver, model, format, loader, verdict] = row.slice(0, 5).map(text);
  const note = noteOf(verdict, text(row[6]), text(row[7]));
  const cause = row[15] ? text(block.causes[row[15]][0]) : "";
  const counts = !UNMEASURED.has(verdict) && row[21] !== 1;
  const id = `${saver}/${model}.${format}/${loader}`;
  return { index, saver, model, format, loader, verdict, note, cause, counts, label: text(row[18]), ended: row[19] === 1, id };
});
const cellById = new Map(cells.map((cell) => [cell.id, cell]));

function readCause(number) {
  if (!number) return null;
  const [id, family, sentence, references] = block.causes[number];
  return { id: text(id), family: block.families[text(family)], sentence: text(sentence), references: references.map(text) };
}

const readError = (row) =>
  row === 0 ? null : { type: text(row[0]), message: text(row[1]), traceback: text(row[2]) };

function readAttempt(row) {
  return {
    strategy: text(row[0]),
    result: text(row[1]),
    status: text(row[2]),
    seconds: row[3],
    difference: row[4],
    lost: text(row[5]),
    concessions: text(row[6]),
    notes: text(row[7]),
    error: readError(row[8]),
    detail: text(row[9]),
    output: text(row[10]),
    warnings: text(row[11]),
    code: text(row[13]),
    measured: text(row[14]),
    checks: row[12].map(([check, status, difference, detail]) => ({
      check: text(check),
      status: text(status),
      difference,
      detail: text(detail),
    })),
  };
}

function readDetails(cell) {
  const row = block.cells[cell.index];
  return {
    detail: text(row[5]),
    strategy: text(row[6]),
    lost: text(row[7]),
    difference: row[8],
    tolerance: row[9],
    noise: row[10],
    baseline: text(row[11]),
    sha256: text(row[20]),
    error: readError(row[12]),
    advice: row[13].map(([what, code, verified]) => ({ what: text(what), code: text(code), verified })),
    attempts: row[14].map(readAttempt),
    cause: readCause(row[15]),
    behind: readCause(row[16]),
    remedies: block.remedies[row[17]].map((one) => {
      const [id, what, code, state, evidence] = one.map(text);
      return { id, what, code, state, evidence };
    }),
  };
}

// Makes an element: names, attributes, children; text is only ever set as text.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

const symbolOf = (verdict) => block.verdicts[verdict][0];
const nameOf = (cell) => `${cell.model} saved by ${cell.saver}, loaded by ${cell.loader}: ${cell.verdict}`;
// A name for screen readers has to contain what is seen.
function nameLink(link, name) {
  const seen = [...link.childNodes].filter((one) => one.ariaHidden !== "true").map((one) => one.textContent);
  link.setAttribute("aria-label", `${seen.join("").trim()}. ${name}`);
}
const endedNote = (cell) =>
  cell.ended && cell.verdict !== "crashes" && cell.verdict !== "times-out"
    ? make("small", { class: "ended" }, "\u21af plain load crashed or hung")
    : null;
const chip = (cell) =>
  make("span", { class: `chip v-${cell.verdict}` }, make("span", { class: "symbol", "aria-hidden": "true" }, symbolOf(cell.verdict)), cell.label);
