// Pictures from the clipboard into the field for scans of the form that somebody works in: what a phone's or a
// screen's picture is copied as has no file name, so it gets one of its moment.
(() => {
  if (window.gpPastes) return;
  window.gpPastes = true;
  const FORM = '[data-testid="stForm"]';
  const SAID_MS = 4000;
  let touched = null; // the form that was clicked or tabbed into last
  const note = (event) => { touched = event.target.closest?.(FORM) ?? touched; };
  document.addEventListener("pointerdown", note, true);
  document.addEventListener("focusin", note, true);

  const hintOf = () => {
    const hints = [...document.querySelectorAll(".gp-paste")];
    if (touched?.isConnected) {
      return hints.find((hint) => touched.contains(hint)) ?? null;
    }
    return hints.length === 1 ? hints[0] : null;
  };

  const named = (file, at) => {
    const moment = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
    const ending = file.type.split("/")[1].replace("jpeg", "jpg");
    return new File([file], `anh-dan-${moment}-${at + 1}.${ending}`, { type: file.type });
  };

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    const hint = files.length ? hintOf() : null;
    const input = (hint?.closest(FORM) ?? document).querySelector('[data-testid="stFileUploader"] input[type="file"]');
    if (!hint || !input) return; // a text, or nobody can say into which form
    event.preventDefault();
    const data = new DataTransfer();
    files.forEach((file, at) => data.items.add(named(file, at)));
    input.files = data.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    hint.dataset.gpLabel ??= hint.textContent;
    hint.textContent = hint.dataset.gpPasted.replace("{count}", files.length);
    window.setTimeout(() => { hint.textContent = hint.dataset.gpLabel; }, SAID_MS);
  });
})();
