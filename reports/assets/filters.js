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

// Matches a cell against everything but `except`, so that a filter's own counts stay useful.
function matches(cell, filters, test, except = "") {
  if (filters.problems && cell.verdict === "same") return false;
  if (except !== "verdict" && filters.verdict.size && !filters.verdict.has(cell.verdict)) return false;
  if (filters.environment.size && !filters.environment.has(cell.saver) && !filters.environment.has(cell.loader)) return false;
  for (const key of FACETS) {
    if (key !== except && filters[key].size && !filters[key].has(cell[key])) return false;
  }
  return test(cell);
}

// Tests for what is typed, which costs more than the other filters; asked once per cell.
function typedTest(filters) {
  const hasWords = wordTest(searchWords(filters));
  const hits = cellsWithError(filters.error);
  const known = new Map();
  return (cell) => {
    if (!known.has(cell)) known.set(cell, (!hits || hits.has(cell.index)) && hasWords(cell));
    return known.get(cell);
  };
}

function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

// A folded grid that is not drawn yet is only hidden or not; it is drawn when it is opened.
function showGrid(grid, shown, filtered) {
  if (!grid.drawn) {
    const some = grid.cells.some((cell) => shown.has(cell));
    setHidden(grid.card, !some);
    if (!some || !grid.card.open) return;
    drawTable(grid);
    adoptTable(grid);
  }
  const columns = new Array(grid.heads.length).fill(false);
  let any = false;
  grid.rows.forEach((row, r) => {
    const hits = grid.lines[r].map((box) => shown.has(cellOfBox.get(box)));
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

function countBy(filters, test, key) {
  const counts = new Map();
  for (const cell of cells) {
    if (matches(cell, filters, test, key)) counts.set(cell[key], (counts.get(cell[key]) ?? 0) + 1);
  }
  return counts;
}

function showControls(filters, test, shownCount) {
  byId("verdict-chips").dataset.any = filters.verdict.size > 0;
  const byVerdict = countBy(filters, test, "verdict");
  for (const button of chips) {
    button.setAttribute("aria-pressed", filters.verdict.has(button.dataset.verdict));
    button.querySelector(".n").textContent = byVerdict.get(button.dataset.verdict) ?? 0;
  }
  for (const { element, key, label, boxes } of facets) {
    const counts = countBy(filters, test, key);
    const chosen = [...filters[key]];
    element.dataset.any = chosen.length > 0;
    element.querySelector("summary").textContent =
      chosen.length === 0 ? label : `${label}: ${chosen.length === 1 ? chosen[0] : chosen.length}`;
    for (const box of boxes) {
      box.checked = filters[key].has(box.value);
      box.parentNode.querySelector(".n").textContent = counts.get(box.value) ?? 0;
    }
  }
  byId("only-problems").checked = filters.problems;
  if (byId("search") !== document.activeElement) byId("search").value = filters.search;
  setHidden(byId("reset"), !isFiltered(filters));
  byId("shown").textContent = `${shownCount} of ${cells.length} cells`;
}

let showAgain = () => {};
for (const grid of grids) {
  if (!grid.drawn) grid.card.addEventListener("toggle", () => showAgain(grid));
}

// Shows what matches and returns it, in order.
function applyFilters(filters) {
  const test = filters.search || filters.error ? typedTest(filters) : () => true;
  const found = cells.filter((cell) => matches(cell, filters, test));
  const shown = new Set(found);
  const pair = showView(filters, found);
  setHidden(byId("grid-list"), pair);
  showAgain = (grid) => showGrid(grid, shown, isFiltered(filters));
  if (!pair) grids.forEach(showAgain);
  setHidden(byId("nothing"), found.length > 0);
  showControls(filters, test, found.length);
  return found;
}
