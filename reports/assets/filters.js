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

// Returns the cells that match, in order, and for each filter how many cells each of its values would
// show: a cell counts where no other filter excludes it. One pass, because there are tens of thousands.
function sift(filters, test) {
  const keys = ["verdict", ...FACETS];
  const active = keys.filter((key) => filters[key].size > 0);
  const counts = new Map(keys.map((key) => [key, new Map()]));
  const count = (key, cell) => {
    const values = counts.get(key);
    values.set(cell[key], (values.get(cell[key]) ?? 0) + 1);
  };
  const found = [];
  for (const cell of cells) {
    if (filters.problems && cell.verdict === "same") continue;
    if (filters.environment.size && !filters.environment.has(cell.saver) && !filters.environment.has(cell.loader)) continue;
    const excluding = active.filter((key) => !filters[key].has(cell[key]));
    if (excluding.length > 1 || !test(cell)) continue;
    for (const key of excluding.length ? excluding : keys) count(key, cell);
    if (!excluding.length) found.push(cell);
  }
  return { found, counts };
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

function showControls(filters, counts, shownCount) {
  byId("verdict-chips").dataset.any = filters.verdict.size > 0;
  const byVerdict = counts.get("verdict");
  for (const button of chips) {
    button.setAttribute("aria-pressed", filters.verdict.has(button.dataset.verdict));
    button.querySelector(".n").textContent = byVerdict.get(button.dataset.verdict) ?? 0;
  }
  for (const { element, key, label, boxes } of facets) {
    const chosen = [...filters[key]];
    element.dataset.any = chosen.length > 0;
    element.querySelector("summary").textContent =
      chosen.length === 0 ? label : `${label}: ${chosen.length === 1 ? chosen[0] : chosen.length}`;
    for (const box of boxes) {
      box.checked = filters[key].has(box.value);
      box.parentNode.querySelector(".n").textContent = counts.get(key).get(box.value) ?? 0;
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
  const { found, counts } = sift(filters, test);
  const shown = new Set(found);
  const pair = showView(filters, found);
  setHidden(byId("grid-list"), pair);
  showAgain = (grid) => showGrid(grid, shown, isFiltered(filters));
  if (!pair) grids.forEach(showAgain);
  setHidden(byId("nothing"), found.length > 0);
  showControls(filters, counts, found.length);
  return found;
}
