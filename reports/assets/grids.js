// The grids as tables: read where the page has them, drawn when opened where it has too many cells.

const cellOfBox = new Map();

function cellBox(cell) {
  if (!cell) return make("td", { class: "hole" });
  const link = make(
    "a",
    { href: `#${encodeURIComponent(cell.id).replaceAll("%2F", "/")}` },
    make("span", { class: "symbol", "aria-hidden": "true" }, symbolOf(cell.verdict)),
    cell.label,
    ...[cell.note ? make("small", {}, cell.note) : null, endedNote(cell)].filter(Boolean).flatMap((one) => [" ", one]),
  );
  nameLink(link, nameOf(cell));
  return make("td", { class: `cell v-${cell.verdict}` }, link);
}

const axes = block.axes.map(([name, note, versions]) => ({ name: text(name), note: text(note), versions: text(versions) }));
const axisHead = (axis, scope) =>
  make("th", { scope }, axis.name, axis.note ? make("small", {}, axis.note) : null);

// The cells of a grid are its links in document order, saver by saver.
function drawTable(grid) {
  const present = (key) => {
    const names = new Set(grid.cells.map((cell) => cell[key]));
    return axes.filter((axis) => names.has(axis.name));
  };
  const [savers, loaders] = [present("saver"), present("loader")];
  const pairs = new Map(grid.cells.map((cell) => [`${cell.saver}\n${cell.loader}`, cell]));
  const corner = make("th", { scope: "col" }, "saved by \u2193 \u00a0 loaded by \u2192");
  const head = make("tr", {}, corner, ...loaders.map((axis) => axisHead(axis, "col")));
  const rows = savers.map((saver) => {
    const boxes = loaders.map((loader) => {
      const box = cellBox(pairs.get(`${saver.name}\n${loader.name}`));
      if (saver === loader) box.classList.add("own");
      return box;
    });
    return make("tr", {}, axisHead(saver, "row"), ...boxes);
  });
  const table = make("table", { class: "grid cells" }, make("thead", {}, head), make("tbody", {}, ...rows));
  grid.card.querySelector(".grid-scroll").replaceChildren(table);
}

// Leaves one tab stop that can be seen in a table; the arrow keys reach the others.
function fewTabStops(table) {
  let first = null;
  for (const link of table.querySelectorAll("td > a")) {
    link.tabIndex = -1;
    if (!first && !link.closest("[hidden], .more")) first = link;
  }
  if (first) first.tabIndex = 0;
}

// Finds the boxes of a table, so that filters can hide them.
function adoptTable(grid) {
  const links = [...grid.card.querySelectorAll("td > a")];
  links.forEach((link, index) => {
    grid.cells[index].link = link;
    if (!link.ariaLabel) nameLink(link, nameOf(grid.cells[index]));
    cellOfBox.set(link.parentNode, grid.cells[index]);
  });
  grid.heads = [...grid.card.querySelectorAll("thead th")].slice(1);
  grid.rows = [...grid.card.querySelectorAll("tbody tr")];
  grid.lines = grid.rows.map((row) => [...row.cells].slice(1));
  fewTabStops(grid.card);
  grid.drawn = true;
}

// One grid per model and format, in the order of the cells.
const grids = [...document.querySelectorAll(".grid-card")].map((card) => ({ card, cells: [], drawn: false }));
let grid = -1;
cells.forEach((cell, index) => {
  const before = cells[index - 1];
  if (!before || before.model !== cell.model || before.format !== cell.format) grid += 1;
  grids[grid].cells.push(cell);
});
for (const one of grids) {
  if (!packed) adoptTable(one);
}
