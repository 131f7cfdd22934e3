// The keyboard: a grid or a long list is one tab stop, and the arrow keys move inside it.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
// What the items of a list are; each list is one tab stop.
const LISTS = ["#grid-list > .grid-card > summary", "#findings .finding > div > details > summary", "#causes .facts a", "#environments .facts a"];

const listItems = (selector) => [...document.querySelectorAll(selector)];
const isFilteredOut = (item) => item.closest("[hidden]") !== null;

// Leaves one tab stop in each list: `chosen` if it is an item, else one that can be seen.
function listTabStops(chosen = null) {
  for (const selector of LISTS) {
    if (chosen && !chosen.matches(selector)) continue;
    const items = listItems(selector);
    const stop = chosen ?? items.find((item) => item.tabIndex === 0 && item.hasAttribute("tabindex") && !isFilteredOut(item)) ?? items.find((item) => !isFilteredOut(item));
    for (const item of items) item.tabIndex = item === stop ? 0 : -1;
  }
}

function stepInGrid(box, [down, right]) {
  let [row, column] = [box.parentNode, box.cellIndex];
  for (;;) {
    row = down < 0 ? row.previousElementSibling : down > 0 ? row.nextElementSibling : row;
    column += right;
    const next = row?.cells[column];
    if (!next || next.tagName === "TH") return null;
    const link = next.querySelector("a");
    if (link?.offsetParent) return link; // neither filtered out nor folded
  }
}

function stepInList(item, selector, [down, right]) {
  const items = listItems(selector).filter((one) => one.offsetParent);
  return items[items.indexOf(item) + down + right] ?? null;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const { element } of facets) element.open = false;
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = event.target.closest?.(".grid td");
  const selector = LISTS.find((one) => event.target.matches?.(one));
  if (!box && !selector) return;
  const next = box ? stepInGrid(box, step) : stepInList(event.target, selector, step);
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// What had the focus last is the tab stop.
document.addEventListener("focusin", ({ target }) => {
  const table = target.closest?.(".grid");
  if (table && target.tagName === "A") {
    for (const link of table.querySelectorAll('a[tabindex="0"]')) link.tabIndex = -1;
    target.tabIndex = 0;
  } else if (LISTS.some((one) => target.matches?.(one))) {
    listTabStops(target);
  }
});
