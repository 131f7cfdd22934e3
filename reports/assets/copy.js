// Copy buttons: `data-copies` names the element whose text is copied.

// A page opened from the disk may be refused the clipboard; selecting the text always works.
async function copyText(value, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(value);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copies]");
  if (!button) return;
  const source = byId(button.dataset.copies);
  getSelection().selectAllChildren(source);
  copyText(source.textContent, button);
});
