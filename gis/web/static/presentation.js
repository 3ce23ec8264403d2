// The meeting-room screen asks for its figures again and puts them in their place: nothing blinks, and what was
// last known stays where the server is away for a while.
(() => {
  const everyMs = 1000 * Number(document.currentScript.dataset.every);
  const again = async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.redirected) { location.reload(); return; }
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.body.replaceWith(document.adoptNode(fresh.body));
      }
    } catch {
      // no network: the next minute asks again
    }
  };
  window.setInterval(again, everyMs);
})();
