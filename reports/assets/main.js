// Ties address, filters and panel together: the address is the only state; everything follows from it.

let state = readAddress();
let found = [];

function goTo(cell) {
  history.replaceState(null, "", writeAddress(cell, state.filters));
  follow();
}

function changeFilters(change) {
  change(state.filters);
  history.replaceState(null, "", writeAddress(null, state.filters));
  follow();
}

function follow() {
  state = readAddress();
  byId("address").textContent = location.href;
  found = applyFilters(state.filters);
  listTabStops();
  showAnswer(state.filters);
  showErrorCauses(state.filters.error, found);
  showProblems(state.filters.search);
  if (byId("error") !== document.activeElement) byId("error").value = state.filters.error;
  if (state.cell) {
    fillPanel(state.cell, found);
    if (!panel.open) panel.showModal();
  } else if (panel.open) {
    panel.close();
  }
}

// A question is answered at the top of the page; other filters show their cells.
function scrollToAnswer(link) {
  const asked = isQuestion(state.filters) && link.id !== "show-cells";
  byId(asked ? "answer" : "grids").scrollIntoView();
}

// Scrolls to what the address names: a part of the page, the answer, or the filtered cells.
function scrollToAddress(isFirst) {
  const part = document.getElementById(decoded(location.hash.slice(1)));
  const fold = part?.closest("details");
  if (fold) fold.open = true;
  if (part) part.scrollIntoView({ behavior: "instant" });
  if (part || state.cell || !location.hash.startsWith("#?")) return;
  const isAnswered = state.filters.error || isQuestion(state.filters);
  if (!isAnswered) byId("grids").scrollIntoView({ behavior: "instant" });
  else if (!isFirst) byId("answer").scrollIntoView({ behavior: "instant" });
}

for (const key of QUESTION) {
  byId(`pick-${key}`).addEventListener("change", (event) =>
    changeFilters((filters) => {
      filters[key] = new Set(event.target.value ? [event.target.value] : []);
    }),
  );
}
byId("question").addEventListener("submit", (event) => event.preventDefault());
byId("forget").addEventListener("click", () => changeFilters((filters) => Object.assign(filters, emptyFilters())));

measurePicker?.addEventListener("change", (event) =>
  changeFilters((filters) => {
    filters.show = event.target.value;
  }),
);

// A link to other filters keeps what the squares show.
function withMeasure(href) {
  if (!state.filters.show) return href;
  return writeAddress(null, { ...parsedAddress(href).filters, show: state.filters.show });
}

// A link to a cell keeps the filters.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const href = link.getAttribute("href");
  const cell = cellById(decoded(href.slice(1)));
  if (!cell && !href.startsWith("#?")) return;
  event.preventDefault();
  history.pushState(null, "", cell ? writeAddress(cell, state.filters) : withMeasure(href));
  follow();
  if (!cell) scrollToAnswer(link);
});

panel.addEventListener("close", () => {
  const cell = state.cell;
  if (!cell) return;
  history.replaceState(null, "", writeAddress(null, state.filters));
  state.cell = null;
  cell.link?.focus({ preventScroll: true });
});
panel.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});

byId("filters").addEventListener("submit", (event) => event.preventDefault());
for (const button of chips) {
  button.addEventListener("click", () =>
    changeFilters(({ verdict }) => {
      if (!verdict.delete(button.dataset.verdict)) verdict.add(button.dataset.verdict);
    }),
  );
}
for (const { key, boxes } of facets) {
  for (const box of boxes) {
    box.addEventListener("change", () =>
      changeFilters((filters) => (box.checked ? filters[key].add(box.value) : filters[key].delete(box.value))),
    );
  }
}
byId("only-problems").addEventListener("change", (event) =>
  changeFilters((filters) => {
    filters.problems = event.target.checked;
  }),
);
let typing = 0;
byId("search").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => changeFilters((filters) => {
    filters.search = event.target.value.trim();
  }), 120);
});
byId("error").addEventListener("focus", prepareErrors, { once: true });
byId("error").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => changeFilters((filters) => {
    filters.error = shortenPasted(event.target.value);
  }), 120);
});
byId("reset").addEventListener("click", () => {
  byId("search").value = "";
  changeFilters((filters) => Object.assign(filters, emptyFilters()));
});
document.addEventListener("click", (event) => {
  for (const { element } of facets) {
    if (element.open && !element.contains(event.target)) element.open = false;
  }
});

// Another address counts more than what was being typed a moment before.
window.addEventListener("hashchange", () => {
  clearTimeout(typing);
  follow();
  for (const key of ["search", "error"]) byId(key).value = state.filters[key];
  scrollToAddress(false);
});
window.addEventListener("beforeprint", () => {
  for (const { card, drawn } of grids) card.open ||= drawn; // tens of thousands of cells do not fit on paper
  for (const group of document.querySelectorAll(".claim-group")) group.open = true;
});

if (packed) byId("packed").remove();
follow();
document.documentElement.classList.add("js");
scrollToAddress(true);
// The first search is then as quick as the others.
(window.requestIdleCallback ?? setTimeout)(() => {
  prepareSearch();
  prepareErrors();
});
