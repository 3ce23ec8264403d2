// Streamlit's own words, which have no translation of their own: each is put into the page's language where it appears.
// Only whole texts of Streamlit's widgets are touched, never what our pages say, so that no name or note is ever taken for one.
(() => {
  if (window.gpWords) return;
  const NAMED = ["aria-label", "aria-valuetext", "title", "placeholder"];
  let told = "", exact = new Map(), shaped = [];

  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const day = (text) => {
    const found = new Date(text);
    const two = (number) => String(number).padStart(2, "0");
    return isNaN(found) ? text : `${two(found.getDate())}/${two(found.getMonth() + 1)}/${found.getFullYear()}`;
  };

  // "{0}" stands for any words, "{day}" for a day as English writes it.
  const learn = (pairs) => {
    exact = new Map();
    shaped = [];
    for (const [from, to] of pairs) {
      if (!from.includes("{")) { exact.set(from, to); continue; }
      const shape = escaped(from).replace("\\{0\\}", "(.+)").replace("\\{day\\}", "(.+)");
      shaped.push([new RegExp(`^${shape}$`), (kept) => to.replace("{0}", kept).replace("{day}", day(kept))]);
    }
  };

  const put = (text) => {
    const whole = text.trim();
    if (!whole) return null;
    if (exact.has(whole)) return text.replace(whole, exact.get(whole));
    for (const [shape, say] of shaped) {
      const found = shape.exec(whole);
      if (found) return say(found[1]);
    }
    return null;
  };

  const isOurs = (element) => !element || element.closest(".stHtml, script, style, noscript");

  const visitText = (node) => {
    if (isOurs(node.parentElement)) return;
    const said = put(node.nodeValue);
    if (said !== null && said !== node.nodeValue) node.nodeValue = said;
  };

  const visitNames = (element) => {
    if (isOurs(element)) return;
    for (const name of NAMED) {
      const named = element.getAttribute(name);
      const said = named && put(named);
      if (said && said !== named) element.setAttribute(name, said);
    }
  };

  const visit = (root) => {
    if (root.nodeType === Node.TEXT_NODE) { visitText(root); return; }
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) visitText(node);
      else visitNames(node);
    }
  };

  const relearn = () => {
    const table = document.getElementById("gp-words");
    if (!table || table.dataset.words === told) return false;
    told = table.dataset.words;
    learn(JSON.parse(told));
    document.documentElement.lang = table.dataset.language;
    return true;
  };

  const observer = new MutationObserver((changes) => {
    if (relearn()) { visit(document.body); return; }
    for (const change of changes) {
      if (change.type === "attributes") visitNames(change.target);
      else if (change.type === "characterData") visitText(change.target);
      else change.addedNodes.forEach(visit);
    }
  });
  observer.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: [...NAMED, "data-words"],
  });
  window.gpWords = { put };
  if (relearn()) visit(document.body);
})();
