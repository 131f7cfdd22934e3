// The first question: what the pickers choose, the sentence that answers it, the shaded tables.

const PLAIN = new Set(["same", "partial"]);
const WHOLE = new Set([...PLAIN, "assisted", "translated"]);
const said = byId("said");
const saidOfAll = said.textContent;
const measurePicker = byId("measure"); // not on the page of one model, which has no shares
const saidOfShares = byId("measure-says")?.textContent;
const englishNumbers = new Intl.NumberFormat("en");
const number = (value) => englishNumbers.format(value);
const chosenOption = (key) => byId(`pick-${key}`).selectedOptions[0]?.textContent.split(" \u00b7 ")[0] ?? "";

const capital = (words) => words.replace(/^./, (first) => first.toUpperCase());

function countVerdicts(list) {
  const counts = new Map();
  for (const { verdict } of list) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return counts;
}

function firstWord(plain, whole, total) {
  if (plain === total) return "Yes.";
  if (plain >= total * 0.75) return "Mostly.";
  if (plain > 0) return plain >= total / 2 ? "Often." : "Often not directly.";
  return whole >= total / 2 ? "Not directly." : "No, not from the file alone.";
}

// The cells in the words of the legend: "Of 6 loads: 5 load as they are and 1 fails."
function tally(list, unit) {
  const counts = countVerdicts(list);
  const parts = Object.entries(block.verdicts)
    .filter(([word]) => counts.has(word))
    .map(([word, [, , one, several]]) => `${number(counts.get(word))} ${counts.get(word) === 1 ? one : several}`);
  const listed = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
  return `Of ${number(list.length)} ${unit}: ${listed}.`;
}

function sentence(list, unit) {
  const count = (words) => list.filter((cell) => words.has(cell.verdict)).length;
  return `${firstWord(count(PLAIN), count(WHOLE), list.length)} ${tally(list, unit)}`;
}

function answerOf(filters, list) {
  if (!QUESTION.some((key) => filters[key].size)) return saidOfAll;
  if (!list.length) return "Not measured: this version cannot write such a file, or it was not part of the run.";
  if (list.length === 1) {
    const { detail } = readDetails(list[0]);
    return `${capital(list[0].label)}.${detail ? ` ${capital(detail)}` : ""}`;
  }
  const pair = ["saver", "format", "loader"].every((key) => filters[key].size === 1);
  return sentence(list, pair ? "test models" : "loads");
}

function showTable(format, measure) {
  for (const button of document.querySelectorAll("#tabs button")) {
    button.setAttribute("aria-pressed", button.dataset.format === format);
  }
  for (const table of document.querySelectorAll(".loads-table")) {
    setHidden(table, table.dataset.format !== format);
    if (!table.hidden) fillSquares(table, measure);
  }
}

let byShare = null;

// The cells of each square, by saver and format and then by loader; cells of one file are neighbours.
function shares() {
  const found = new Map();
  let file = null;
  let loaders = null;
  for (const cell of cells) {
    if (!cell.counts) continue;
    if (cell.file !== file) {
      file = cell.file;
      loaders = kept(found, `${file.saver}\n${file.format}`, () => new Map());
    }
    kept(loaders, cell.loader, () => []).push(cell);
  }
  return found;
}

// The cells of a square; found for all squares when the first table is named.
function cellsOfShare({ saver, format, loader }) {
  byShare ??= shares();
  return byShare.get(`${saver}\n${format}`)?.get(loader) ?? [];
}

const addressOfShare = ({ saver, format, loader }) =>
  `#?saver=${encodeURIComponent(saver)}&format=${encodeURIComponent(format)}&loader=${encodeURIComponent(loader)}`;

const contentsOf = (what) => [what.text, ...(what.note ? [" ", make("small", {}, what.note)] : [])];
const squaresOf = new WeakMap(); // the squares of a table that was shown

// The squares of a table with their cells, and the contents and the name that they have for shares. Links them.
function readSquares(table) {
  const { format } = table.dataset;
  const heads = [...table.querySelectorAll("thead th")];
  const nameOf = (head) => head.firstChild.textContent;
  const rows = [...table.querySelectorAll("tbody tr")];
  return rows.flatMap((row) => {
    const saver = row.cells[0];
    const boxes = [...row.cells].filter((box) => box.querySelector("a"));
    return boxes.map((box) => {
      const link = box.querySelector("a");
      const loader = heads[box.cellIndex];
      const place = { format, saver: saver.dataset.place, loader: loader.dataset.place };
      link.setAttribute("href", addressOfShare(place));
      const list = cellsOfShare(place);
      const pair = `Saved by ${nameOf(saver)}, loaded by ${nameOf(loader)}.`;
      return { box, link, place, list, pair, contents: [...link.childNodes], name: sentence(list, "test models") };
    });
  });
}

// Writes the measure into the squares of a table, or the shares again; names them for screen readers.
function fillSquares(table, measure) {
  if (table.dataset.measure === measure) return;
  if (!squaresOf.has(table)) {
    squaresOf.set(table, readSquares(table));
    fewTabStops(table);
  }
  table.dataset.measure = measure;
  for (const { box, link, list, pair, contents, name } of squaresOf.get(table)) {
    const what = measureOf(measure)?.square(list);
    link.replaceChildren(...(what ? contentsOf(what) : contents));
    if (what) box.style.setProperty("--share", `${Math.round(STRONGEST * what.strength)}%`);
    else box.style.removeProperty("--share");
    link.title = `${pair} ${what?.name ?? name}`;
    nameLink(link, link.title);
  }
}

const firstFormat = document.querySelector("#tabs button")?.dataset.format ?? "";
let shownFormat = firstFormat;

function showAnswer(filters) {
  for (const key of QUESTION) byId(`pick-${key}`).value = only(filters[key]) ?? "";
  const list = cells.filter((cell) => cell.counts && QUESTION.every((key) => !filters[key].size || filters[key].has(cell[key])));
  const asks = isQuestion(filters);
  said.textContent = asks ? answerOf(filters, list) : saidOfAll;
  const loader = asks ? only(filters.loader) : null;
  byId("command").textContent = `crossload check FILE${loader ? ` --to ${loader}` : ""}`;
  const link = byId("show-cells");
  const one = asks && list.length === 1 && QUESTION.some((key) => filters[key].size);
  link.textContent = one ? "Show the cell" : "Show the cells";
  link.setAttribute("href", one ? `#${encodeURIComponent(list[0].id).replaceAll("%2F", "/")}` : writeAddress(null, filters));
  setHidden(byId("forget"), !QUESTION.some((key) => filters[key].size));
  const format = only(filters.format);
  if (format && document.querySelector(`.loads-table[data-format="${CSS.escape(format)}"]`)) shownFormat = format;
  if (!measurePicker) return;
  const measure = measureOf(filters.show) ? filters.show : "";
  measurePicker.value = measure;
  byId("measure-says").textContent = measureOf(measure)?.says ?? saidOfShares;
  setHidden(byId("with-help").parentNode, measure !== "");
  showTable(shownFormat, measure);
  markSquare(filters);
}

// Outlines the square that the question is about.
function markSquare(filters) {
  document.querySelector(".share [aria-current]")?.removeAttribute("aria-current");
  const [saver, loader] = [only(filters.saver), only(filters.loader)];
  if (!saver || !loader) return;
  const wanted = addressOfShare({ saver, format: shownFormat, loader });
  document.querySelector(`.share a[href="${CSS.escape(wanted)}"]`)?.setAttribute("aria-current", "true");
}

for (const button of document.querySelectorAll("#tabs button")) {
  button.addEventListener("click", () => {
    shownFormat = button.dataset.format;
    changeFilters((filters) => {
      if (filters.format.size) filters.format = new Set([shownFormat]);
    });
  });
}
