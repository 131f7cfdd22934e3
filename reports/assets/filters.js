// Which cells are shown. Owns the filter bar and the visibility of grids, rows and columns.

const byId = (id) => document.getElementById(id);
const chips = [...document.querySelectorAll("#verdict-chips button")];
const facets = [...document.querySelectorAll(".facet")].map((element) => ({
  element,
  key: element.dataset.facet,
  label: element.querySelector("summary").textContent,
  boxes: [...element.querySelectorAll("input")],
}));

const isFiltered = (filters) =>
  filters.problems || filters.search !== "" || filters.error !== "" || ["verdict", "environment", ...FACETS].some((key) => filters[key].size > 0);

// What a filter compares. Loads of damaged files count under no verdict: they have a place of their own.
const valueOf = (cell, key) => (key === "verdict" ? cell.group : cell[key]);

// Counts cells by verdict and by each name. Most are counted by their file, kind and loader, which are few.
class Counts {
  constructor() {
    this.byFile = new Uint32Array(files.length);
    this.byKind = new Uint32Array(kinds.length);
    this.intact = new Uint32Array(kinds.length);
    this.counts = new Map(["verdict", ...FACETS].map((key) => [key, new Map()]));
  }
  count(key, name, more = 1) {
    const values = this.counts.get(key);
    values.set(name, (values.get(name) ?? 0) + more);
  }
  add(cell) {
    this.byFile[cell.file.number] += 1;
    this.byKind[cell.kind.number] += 1;
    if (cell.isDamaged) this.count("verdict", cell.group);
    else this.intact[cell.kind.number] += 1;
    this.count("loader", cell.loader);
  }
  sum() {
    const of = (list, numbers, keys) =>
      list.forEach((one, at) => numbers[at] && keys.forEach((key) => this.count(key, one[key], numbers[at])));
    of(files, this.byFile, ["saver", "model", "format"]);
    of(kinds, this.byKind, ["cause"]);
    of(kinds, this.intact, ["verdict"]);
    return this.counts;
  }
}

// Returns the cells that match, in order, and for each filter how many cells each of its values would
// show: a cell counts where no other filter excludes it. One pass, because there are tens of thousands.
function sift(filters, test) {
  const active = ["verdict", ...FACETS].filter((key) => filters[key].size > 0);
  const counts = new Counts();
  const found = [];
  for (const cell of cells) {
    if (filters.problems && cell.verdict === "same") continue;
    if (filters.environment.size && !filters.environment.has(cell.saver) && !filters.environment.has(cell.loader)) continue;
    const excluding = active.filter((key) => !filters[key].has(valueOf(cell, key)));
    if (excluding.length > 1 || !test(cell)) continue;
    if (excluding.length) {
      counts.count(excluding[0], valueOf(cell, excluding[0]));
    } else {
      counts.add(cell);
      found.push(cell);
    }
  }
  return { found, counts: counts.sum() };
}

// Tests for what is typed, which costs more than the other filters.
function typedTest(filters) {
  const matches = queryTest(parseQuery(filters.search));
  const hits = kindsWithError(filters.error);
  return (cell) => (!hits || hits.has(cell.kind)) && matches(cell);
}

function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

// A folded grid that is not drawn yet is only hidden or not; it is drawn when it is opened. `shown` has a 1
// for every cell that is.
function showGrid(grid, shown, filtered) {
  const isShown = (cell) => cell !== undefined && shown[cell.index] === 1;
  if (!grid.drawn) {
    const some = grid.cells.some(isShown);
    setHidden(grid.card, !some);
    if (!some || !grid.card.open) return;
    drawTable(grid);
    adoptTable(grid);
  }
  const columns = new Array(grid.heads.length).fill(false);
  let any = false;
  grid.rows.forEach((row, r) => {
    const hits = grid.lines[r].map((box) => isShown(cellOfBox.get(box)));
    const some = hits.includes(true);
    setHidden(row, !some);
    any ||= some;
    hits.forEach((hit, c) => {
      columns[c] ||= hit;
    });
    if (some) {
      grid.lines[r].forEach((box, c) => box.classList.toggle("faded", filtered && !hits[c] && cellOfBox.has(box)));
    }
  });
  setHidden(grid.card, !any);
  if (!any) return;
  grid.heads.forEach((head, c) => {
    setHidden(head, !columns[c]);
    for (const line of grid.lines) setHidden(line[c], !columns[c]);
  });
  if (grid.card.querySelector('a[tabindex="0"]')?.closest("[hidden]")) fewTabStops(grid.card);
}

function showControls(filters, counts, shownCount) {
  byId("verdict-chips").dataset.any = filters.verdict.size > 0;
  const byVerdict = counts.get("verdict");
  for (const button of chips) {
    button.setAttribute("aria-pressed", filters.verdict.has(button.dataset.verdict));
    button.querySelector(".n").textContent = number(byVerdict.get(button.dataset.verdict) ?? 0);
  }
  for (const { element, key, label, boxes } of facets) {
    const chosen = [...filters[key]];
    element.dataset.any = chosen.length > 0;
    element.querySelector("summary").textContent =
      chosen.length === 0 ? label : `${label}: ${chosen.length === 1 ? chosen[0] : chosen.length}`;
    for (const box of boxes) {
      box.checked = filters[key].has(box.value);
      box.parentNode.querySelector(".n").textContent = number(counts.get(key).get(box.value) ?? 0);
    }
  }
  byId("only-problems").checked = filters.problems;
  if (byId("search") !== document.activeElement) byId("search").value = filters.search;
  setHidden(byId("reset"), !isFiltered(filters));
  byId("shown").textContent = `${number(shownCount)} of ${number(cells.length)} cells`;
}

let showAgain = () => {};
for (const grid of grids) {
  if (!grid.drawn) grid.card.addEventListener("toggle", () => showAgain(grid));
}

// Shows what matches and returns it, in order.
function applyFilters(filters) {
  const test = filters.search || filters.error ? typedTest(filters) : () => true;
  const { found, counts } = sift(filters, test);
  const shown = new Uint8Array(cells.length);
  for (const { index } of found) shown[index] = 1;
  const pair = showView(filters, found);
  setHidden(byId("grid-list"), pair);
  showAgain = (grid) => showGrid(grid, shown, isFiltered(filters));
  if (!pair) grids.forEach(showAgain);
  setHidden(byId("nothing"), found.length > 0);
  showControls(filters, counts, found.length);
  return found;
}
