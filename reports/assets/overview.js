// The first page of a large run: shows one table at a time, and leads links to cells to their model's page.

const tables = [...document.querySelectorAll(".loads-table")];
const tabs = [...document.querySelectorAll("#tabs button")];

function showFormat(format) {
  for (const tab of tabs) tab.setAttribute("aria-pressed", tab.dataset.format === format);
  for (const table of tables) table.hidden = table.dataset.format !== format;
}

for (const tab of tabs) tab.addEventListener("click", () => showFormat(tab.dataset.format));
if (tabs.length) showFormat(tabs[0].dataset.format);

// `#saver/model.format/loader` is the address of a cell on the first page of a smaller run.
function leadToCell() {
  let id = location.hash.slice(1);
  try {
    id = decodeURIComponent(id.split("?")[0]);
  } catch {
    return;
  }
  const model = /^[^/]+\/(.+)\.[^./]+\/[^/]+$/.exec(id)?.[1];
  const link = model && [...document.querySelectorAll("#models tbody th a")].find((one) => one.textContent === model);
  if (link) location.replace(link.href + location.hash);
}

window.addEventListener("hashchange", leadToCell);
leadToCell();
document.documentElement.classList.add("js");
