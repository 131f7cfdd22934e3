// One saver and one loader chosen: their cells as models x formats, the view of an upgrade.

const only = (set) => (set.size === 1 ? [...set][0] : null);

// Draws the table and returns true where the filters name one pair and it has cells.
function showPair(filters, found) {
  const [saver, loader] = [only(filters.saver), only(filters.loader)];
  const place = byId("pair");
  const active = saver !== null && loader !== null && found.length > 0;
  setHidden(place, !active);
  if (!active) return false;
  const models = [...new Set(found.map((cell) => cell.model))];
  const formats = [...new Set(found.map((cell) => cell.format))];
  const at = new Map(found.map((cell) => [`${cell.model}\n${cell.format}`, cell]));
  const head = make("tr", {}, make("th", { scope: "col" }, "model ↓   format →"));
  head.append(...formats.map((format) => make("th", { scope: "col" }, format)));
  const rows = models.map((model) =>
    make("tr", {}, make("th", { scope: "row" }, model), ...formats.map((format) => cellBox(at.get(`${model}\n${format}`)))),
  );
  const table = make("table", { class: "grid" }, make("thead", {}, head), make("tbody", {}, ...rows));
  fewTabStops(table);
  place.replaceChildren(
    make("h3", {}, `Saved by ${saver}, loaded by ${loader}`),
    make("div", { class: "grid-scroll", role: "group", "aria-label": "models and formats of one pair" }, table),
  );
  return true;
}
