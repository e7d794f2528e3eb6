/* A newer report comes into the open story by itself, unless something on the page is being written or chosen: then its
   announcement stays, and a click shows it. The eye, the hand and what was unfolded stay where they were. */
"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];

  const isTouched = (field) => {
    if (field.matches("[type=hidden], button")) return false;
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    const usual = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(usual, 0);
  };

  const isBusy = () =>
    all(".proof details.drop[open], .proof form.htmx-request, dialog[open]").length > 0 ||
    document.activeElement?.matches(".proof :is(input, textarea, select)") ||
    all(".proof :is(input, textarea, select)").some(isTouched);

  const finding = (id) => document.querySelector(`.proof [data-finding="${id}"]`);
  const folds = () => all(".proof details:not(.drop)");
  const nameOf = (fold) => `${fold.closest("[data-finding]")?.dataset.finding} ${fold.querySelector("summary").textContent}`;
  const top = (element) => element.getBoundingClientRect().top;
  const isInSight = (element) => top(element) >= 0 && top(element) < innerHeight;

  const remember = () => {
    const cards = all(".proof [data-finding]");
    const focused = document.activeElement?.closest(".proof [data-finding]");
    const anchor = focused && isInSight(focused) ? focused : cards.find(isInSight);
    return {
      open: new Set(folds().filter((fold) => fold.open).map(nameOf)),
      focused: focused && { id: focused.dataset.finding, place: cards.indexOf(focused) },
      anchor: anchor && { id: anchor.dataset.finding, top: top(anchor) },
      known: new Set(cards.map((card) => card.dataset.finding)),
      scroll: scrollY,
    };
  };

  const restore = (before) => {
    folds().forEach((fold) => { if (before.open.has(nameOf(fold))) fold.open = true; });
    const cards = all(".proof [data-finding]");
    cards.forEach((card) => card.classList.toggle("fresh", !before.known.has(card.dataset.finding)));
    if (before.focused) {
      const next = cards[Math.min(before.focused.place, cards.length - 1)];
      const card = finding(before.focused.id) ?? next ?? document.querySelector("main");
      card.classList.add("here");
      card.focus({ preventScroll: true });
    }
    const anchor = before.anchor && finding(before.anchor.id);
    scrollTo({ top: anchor ? scrollY + top(anchor) - before.anchor.top : before.scroll, behavior: "instant" });
  };

  let before = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target.matches(".proof")) return;
    if (isBusy()) event.detail.shouldSwap = false; // somebody began to write while it was on its way
    else before = remember();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "news") {
      const link = document.querySelector("#news [data-takes-in]");
      if (link && !isBusy()) htmx.trigger(link, "take-in");
    } else if (before && event.detail.target.matches(".proof")) {
      restore(before);
      before = null;
    }
  });
})();
