// A button that copies its line: by the clipboard, and on plain http, where browsers have none, by a selection.
(() => {
  if (window.gpCopies) return;
  window.gpCopies = true;
  const bySelection = (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.append(field);
    field.select();
    try {
      return document.execCommand("copy");
    } finally {
      field.remove();
    }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-gp-copy]");
    if (!button) return;
    const text = button.dataset.gpCopy;
    let copied = false;
    try {
      await navigator.clipboard.writeText(text);
      copied = true;
    } catch {
      copied = bySelection(text);
    }
    const label = button.dataset.gpLabel ?? button.textContent;
    button.dataset.gpLabel = label;
    button.textContent = copied ? button.dataset.gpCopied : button.dataset.gpFailed;
    button.setAttribute("aria-live", "polite");
    window.setTimeout(() => { button.textContent = label; }, copied ? 2000 : 6000);
  });
})();
