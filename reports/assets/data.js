// Reads the data block. Owns its layout (written by reports/page_data.py) and nothing on screen.

const block = JSON.parse(document.getElementById("data").textContent);
const text = (number) => block.texts[number];
const FACETS = ["saver", "model", "format", "loader"];

// What the verdict alone leaves open: the strategy that helps, or what was lost.
function noteOf(verdict, strategy, lost) {
  if (verdict === "assisted") return strategy;
  return verdict === "partial" && lost ? `no ${lost}` : "";
}

// What a filter needs, for every cell: decoded once, cheap for tens of thousands.
const cells = block.cells.map((row, index) => {
  const [saver, model, format, loader, verdict] = row.slice(0, 5).map(text);
  const note = noteOf(verdict, text(row[6]), text(row[7]));
  return { index, saver, model, format, loader, verdict, note, id: `${saver}/${model}.${format}/${loader}` };
});
const cellById = new Map(cells.map((cell) => [cell.id, cell]));

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
    error: readError(row[12]),
    advice: row[13].map(([what, code, verified]) => ({ what: text(what), code: text(code), verified })),
    attempts: row[14].map(readAttempt),
  };
}

// What the search field looks in; made at the first search.
function haystack(cell) {
  if (cell.haystack === undefined) {
    const details = readDetails(cell);
    const errors = [details.error, ...details.attempts.map((one) => one.error)];
    const said = errors.filter(Boolean).map((one) => `${one.type} ${one.message.slice(0, 400)}`);
    cell.haystack = [cell.id, cell.verdict, details.detail, ...new Set(said)].join("\n").toLowerCase();
  }
  return cell.haystack;
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

const symbolOf = (verdict) => block.verdicts[verdict] ?? "";
const chip = (verdict) =>
  make("span", { class: `chip v-${verdict}` }, make("span", { class: "symbol", "aria-hidden": "true" }, symbolOf(verdict)), verdict);
