/* The keys of the desk, and small comforts. Every page works without this file; nothing here knows what a finding is. */
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const shown = (element) => element.offsetParent !== null;
  const page = one("[data-page]")?.dataset.page;
  const items = () => all(page === "queue" ? ".item" : ".finding").filter(shown);
  let at = null;

  const current = () => {
    const around = document.activeElement?.closest(".item, .finding");
    if (around) at = around.id || around;
    const found = typeof at === "string" ? document.getElementById(at) : at;
    return found?.isConnected ? found : null;
  };

  const stand = (element) => {
    if (!element) return;
    all(".here").forEach((other) => other.classList.remove("here"));
    element.classList.add("here");
    at = element.id || element;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest", behavior: "instant" });
  };

  const step = (by) => {
    const list = items();
    const now = list.indexOf(current());
    stand(list[Math.min(Math.max(now + by, 0), list.length - 1)] ?? list[0]);
  };

  const openFold = (summary) => {
    const details = summary.parentElement;
    all("details.drop[open]").forEach((other) => { if (other !== details) other.open = false; });
    details.open = !details.open || details.matches(".choice");
    if (details.open) focusFirst(details);
    else summary.focus();
  };
  const focusFirst = (details) => one("button[name=say][value^='stet'], select, textarea, button[name=say]", details)?.focus();

  const press = (target) => {
    if (!target) return;
    if (target.tagName === "SUMMARY") openFold(target);
    else target.click();
  };

  const picked = () => all("input[data-key=x]:checked");

  const act = (key) => {
    if (page === "queue") {
      const form = one("#bulk");
      if (form && one(".item input[data-key=x]")) {
        if (!picked().length) { const box = one("input[data-key=x]", current() ?? document.createElement("i")); if (!box) return; box.checked = true; }
        one("[data-bulk-action]").value = { s: "stet", f: "false-alarm", a: "assign", n: "note" }[key];
        form.submit();
        return;
      }
    }
    if (page === "article" && picked().length && one(`[data-many=${key}]`)) {
      const many = one(`[data-many=${key}]`);
      if (many.tagName === "BUTTON" && key === "f") many.click(); else many.focus();
      return;
    }
    const here = current() ?? (items().length ? items()[0] : null);
    press(one(`[data-key=${key}]`, here ?? document) ?? one(`.choices [data-key=${key}]`));
  };

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    o: () => { const here = current(); press(here && (one("a[data-key=o]", here) ?? one("details.why > summary", here))); },
    x: () => one("input[data-key=x]", current() ?? document.createElement("i"))?.click(),
    u: () => { const undo = one("#toast [data-key=u]"); if (undo) undo.click(); else location.assign("/undo"); },
    "/": () => { const box = one("#search"); if (box) { box.focus(); box.select(); } else location.assign("/"); },
    "?": () => { const sheet = one("#keys"); if (sheet && !sheet.open) sheet.showModal(); },
  };
  for (const key of "sfan") keys[key] = () => act(key);

  const typing = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select") || element.isContentEditable;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const open = event.target.closest?.("details.drop[open], details.choice[open]");
    if (event.key === "Escape" && open?.matches(".drop")) {
      open.open = false;
      one("summary", open).focus();
      return;
    }
    if (typing(event.target) || one("dialog[open]")) return;
    const reasons = open ? all(".reasons button", open) : picked().length ? all("#picked button[value^='stet:']") : [];
    if (/^[1-4]$/.test(event.key)) {
      const reason = reasons[event.key - 1];
      if (reason) { event.preventDefault(); reason.click(); }
      return;
    }
    const does = keys[event.key];
    if (does) { event.preventDefault(); does(); }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const sheet = opener && document.getElementById(opener.dataset.opens);
    if (sheet?.showModal) { event.preventDefault(); sheet.showModal(); }
    const copier = event.target.closest("[data-copies]");
    if (copier) copy(copier);
    if (!event.target.closest("details.drop")) all("details.drop[open]").forEach((other) => { other.open = false; });
  });

  const copy = async (button) => {
    const field = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      document.execCommand("copy");
    }
    button.textContent = "Copied";
  };

  const count = () => {
    const number = picked().length;
    document.body.classList.toggle("picking", number > 0);
    all(".how-many").forEach((line) => { line.textContent = `${number} selected:`; });
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-key=x]")) count();
    if (event.target.matches("input[type=date]") && event.target.value) {
      const radio = one("input[type=radio]", event.target.closest("label"));
      if (radio) radio.checked = true;
    }
  });

  /* A judged finding fades its marks, and the next open one is under the hand. Not before htmx has settled: until then a new
     element wears the classes of the old one. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const card = event.detail.elt?.isConnected ? event.detail.elt : null;
    all(".finding.judged").forEach((judged) => {
      const number = judged.id.replace("finding-", "");
      all(`mark[data-numbers~="${number}"], .call[data-number="${number}"]`).forEach((mark) => mark.classList.add("judged"));
    });
    const target = card?.closest(".finding") ?? (typeof at === "string" ? document.getElementById(at) : null);
    if (!target?.matches(".finding") || card?.matches("#news, #arrivals, #news *, #arrivals *, #sum")) return;
    const list = items();
    const next = target.matches(".judged") ? list.slice(list.indexOf(target) + 1).find((item) => one(".acts", item)) : target;
    stand(next ?? target);
    count();
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 403 || event.detail.xhr.status === 400) location.reload();
  });
  const asked = one(".choices[data-asked] details.choice[open]");  // by a key; after a click nothing is under the hand
  if (asked) focusFirst(asked);
  const left = document.getElementById(location.hash.slice(1));  // the story that one comes back from
  if (left?.matches(".item")) stand(left);
  count();
})();
