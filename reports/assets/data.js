// Reads the data block. Owns its layout (written by reports/page_rows.py) and nothing on screen.

const source = document.getElementById("data");
const packed = source.type !== "application/json";
if (packed && !("DecompressionStream" in window)) {
  document.getElementById("packed").textContent =
    "This browser cannot unpack the cells of this page: it is older than Chrome 80, Firefox 113 or Safari 16.4. The summary above is complete.";
  return;
}

// What a map has under a key, made and put there first if it has nothing.
function kept(map, key, made) {
  if (!map.has(key)) map.set(key, made());
  return map.get(key);
}

async function unpacked(base64) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  // In a fifteenth of the time of Uint8Array.from(), which calls a function for each byte.
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
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

const files = block.files.map(([saver, model, format, noise, sha256, damaged, count], number) => ({
  number, saver: text(saver), model: text(model), format: text(format), noise, sha256: text(sha256), damaged: damaged === 1, count,
}));

// A load as it is that gave a model, right or wrong: a refusal takes no time worth comparing.
const isPlainLoad = ([strategy, result]) => text(strategy) === "plain" && ["agrees", "differs"].includes(text(result));

// What cells of a kind have in common, as far as filters and tables need it; `readDetails` reads the rest.
const kinds = block.kinds.map((row, number) => {
  const [verdict, label, , strategy, lost] = row.slice(0, 5).map(text);
  const [cause, behind] = [row[12], row[13]].map((one) => (one ? text(block.causes[one][0]) : ""));
  const plainLoad = row[11].findIndex((attempt) => isPlainLoad(block.attempts[attempt]));
  return { number, row, verdict, label, note: noteOf(verdict, strategy, lost), cause, behind, ended: row[8] === 1, difference: row[5], attempts: row[11], plainLoad };
});

// A cell has its loader and the numbers of its first attempt in the columns; its file and kind are shared.
class Cell {
  constructor(index, file, loader, kind, tried) {
    this.index = index;
    this.file = file;
    this.loader = loader;
    this.kind = kind;
    this.tried = tried;
    this.link = null; // of its square in a grid that is drawn
  }
  get saver() { return this.file.saver; }
  get model() { return this.file.model; }
  get format() { return this.file.format; }
  get verdict() { return this.kind.verdict; }
  get isDamaged() { return this.file.damaged && !UNMEASURED.has(this.kind.verdict); }
  get group() { return this.isDamaged ? "damaged" : this.kind.verdict; } // what filters call its verdict
  get label() { return this.kind.label; }
  get note() { return this.kind.note; }
  get cause() { return this.kind.cause; }
  get ended() { return this.kind.ended; }
  get counts() { return !UNMEASURED.has(this.kind.verdict) && !this.file.damaged; }
  get id() { return `${this.saver}/${this.model}.${this.format}/${this.loader}`; }
}

function readCells({ loader, kind }) {
  const found = [];
  let tried = 0;
  for (const file of files) {
    for (let left = file.count; left > 0; left -= 1) {
      const index = found.length;
      found.push(new Cell(index, file, text(loader[index]), kinds[kind[index]], tried));
      tried += kinds[kind[index]].attempts.length;
    }
  }
  return found;
}

const cells = readCells(block.cells);
let cellsById = null;

// The cell of that id, or null.
function cellById(id) {
  if (!id) return null;
  cellsById ??= new Map(cells.map((cell) => [cell.id, cell]));
  return cellsById.get(id) ?? null;
}

function readCause(number) {
  if (!number) return null;
  const [id, family, sentence, references] = block.causes[number];
  return { id: text(id), family: block.families[text(family)], sentence: text(sentence), references: references.map(text) };
}

const readError = (row) =>
  row === 0 ? null : { type: text(row[0]), message: text(row[1]), traceback: text(row[2]) };

// Of loading alone; null where it did not succeed.
const loadSecondsOf = (cell, at) => block.cells.load[cell.tried + at];

function readCheck(number) {
  const [check, status, difference, detail] = block.checks[number];
  return { check: text(check), status: text(status), difference, detail: text(detail) };
}

function readAttempt(cell, number, at) {
  const row = block.attempts[number];
  return {
    strategy: text(row[0]),
    result: text(row[1]),
    status: text(row[2]),
    loadSeconds: loadSecondsOf(cell, at),
    measured: text(block.cells.day[cell.tried + at]),
    difference: row[3],
    lost: text(row[4]),
    concessions: text(row[5]),
    notes: text(row[6]),
    error: readError(row[7]),
    detail: text(row[8]),
    output: text(row[9]),
    warnings: text(row[10]),
    checks: row[11].map(readCheck),
    code: text(row[12]),
  };
}

function readDetails(cell) {
  const { row, attempts } = cell.kind;
  return {
    detail: text(row[2]),
    strategy: text(row[3]),
    lost: text(row[4]),
    difference: row[5],
    tolerance: row[6],
    noise: cell.file.noise,
    baseline: text(row[7]),
    sha256: cell.file.sha256,
    error: readError(row[9]),
    advice: row[10].map(([what, code, verified]) => ({ what: text(what), code: text(code), verified })),
    attempts: attempts.map((number, at) => readAttempt(cell, number, at)),
    cause: readCause(row[12]),
    behind: readCause(row[13]),
    remedies: block.remedies[row[14]].map((one) => {
      const [id, what, code, state, evidence] = one.slice(0, 5).map(text);
      return { id, what, code, state, evidence, behind: one[5] === 1 };
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
