"use strict";
// The public pages with a script: lists change in place, links are copied, keys lead from quote to quote. What is
// fetched is what the browser would have gone to; without this, and wherever it fails, links and forms do the same.
(() => {
  const make = (tag, fields = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), fields);
    made.append(...children);
    return made;
  };
  const said = document.body.appendChild(make("p", { className: "hidden" }));
  said.setAttribute("role", "status");
  const say = (text) => {
    said.textContent = "";
    setTimeout(() => (said.textContent = text), 50); // the same words twice are said twice
  };

  // --- Lists in place

  const list = () => document.querySelector(".listing");
  const bare = (url) => url.split("#")[0];
  let shown = bare(location.href);
  let underway = null;

  const fetched = async (url, signal) => {
    const response = await fetch(url, { signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    // 400 is an answer too: it says what was wrong with a filter.
    if (!(response.ok || response.status === 400) || !page.querySelector(".listing")) throw new Error(response.status);
    return { url: response.url, page };
  };

  // What of the new page stands for an element of the old one: by id, by name and value, or by its words.
  const twin = (old, fresh) => {
    if (old.id) return fresh.querySelector(`#${CSS.escape(old.id)}`);
    if (old.name) {
      return [...fresh.querySelectorAll(`[name="${CSS.escape(old.name)}"]`)].find((one) => one.value === old.value);
    }
    const words = old.textContent;
    return [...fresh.querySelectorAll(old.tagName)].find((one) => one.textContent === words);
  };

  // On a narrow screen the panel is folded, and lies above what it has found.
  const narrow = () => Boolean(list().querySelector(".filters > summary")?.offsetParent);
  const heading = () => list().querySelector(".tally h2, .empty h2");

  const show = ({ url, page }, { push, arrive }) => {
    const old = list();
    const fresh = document.importNode(page.querySelector(".listing"), true);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    for (const box of old.querySelectorAll("details[open]")) {
      const same = fresh.querySelector(`details.${box.className}`);
      if (same) same.open = true;
    }
    old.replaceWith(fresh);
    document.title = page.title;
    for (const kind of ["alternate", "canonical"]) {
      document.head.querySelectorAll(`link[rel="${kind}"]`).forEach((link) => link.remove());
      document.head.append(...page.head.querySelectorAll(`link[rel="${kind}"]`));
    }
    const [box, now] = [document, page].map((one) => one.getElementById("masthead-q"));
    if (box && now && box !== document.activeElement) box.value = now.defaultValue;
    if (push && url !== location.href) history.pushState(null, "", url);
    shown = bare(location.href);
    const head = heading();
    if (head) {
      head.tabIndex = -1;
      say(head.textContent);
    }
    if (arrive && head) {
      if (narrow()) fresh.querySelector(".filters").open = false;
      head.focus({ preventScroll: true });
      head.scrollIntoView();
    } else if (focused) {
      const same = twin(focused, fresh);
      (same || head)?.focus({ preventScroll: true });
      if (same?.matches("input[type=search], input[type=text]")) {
        same.value = focused.value; // somebody may be writing on
        same.setSelectionRange(focused.selectionStart, focused.selectionEnd);
      }
    }
  };

  const follow = (url, { push = true, arrive = false } = {}) => {
    underway?.abort();
    const mine = (underway = new AbortController());
    list().setAttribute("aria-busy", "true");
    return fetched(url, mine.signal).then(
      (answer) => mine.signal.aborted || show(answer, { push, arrive }),
      () => mine.signal.aborted || location.assign(url),
    );
  };

  const asked = (form) => {
    const url = new URL(form.getAttribute("action") || "", location.href);
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim()) query.append(name, value);
    // As the server writes it: exclusions keep their mark, lists their commas.
    url.search = query.toString().replaceAll("%21", "!").replaceAll("%2C", ",").replaceAll("%3A", ":");
    return url;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.getAttribute("href"), location.href);
    if (!list()?.contains(link) || url.origin !== location.origin || url.pathname !== location.pathname || url.hash) return;
    event.preventDefault();
    follow(url.href, { arrive: Boolean(link.closest(".pager")) });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!list() || form.method !== "get" || event.defaultPrevented) return;
    const url = asked(form);
    if (url.origin !== location.origin || url.pathname !== location.pathname) return;
    event.preventDefault();
    follow(url.href, { arrive: narrow() });
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.closest(".filters form") && field.matches("select, [type=checkbox], [type=radio]")) follow(asked(field.form).href);
  });
  window.addEventListener("popstate", () => {
    if (list() && bare(location.href) !== shown) follow(location.href, { push: false });
  });

  // --- Links to copy: one button, which comes to whatever is looked at

  const PLACES = { ".item": ".words a, h3 a", ".entry": "header a" };
  const place = (element) => element?.closest?.(Object.keys(PLACES).join());
  const address = (thing) => {
    const kind = Object.keys(PLACES).find((one) => thing.matches(one));
    return thing.querySelector(PLACES[kind])?.href;
  };
  const copy = (text) =>
    navigator.clipboard.writeText(text).then(() => "Copied", () => "Not copied").then((told) => (say(told), told));
  const copies = (button, text) => {
    const words = button.textContent;
    button.addEventListener("click", async () => {
      button.textContent = await copy(text());
      setTimeout(() => (button.textContent = words), 2000);
    });
  };
  if (navigator.clipboard) {
    const button = make("button", { type: "button", className: "copy", textContent: "Copy link" });
    copies(button, () => address(place(button)));
    const come = (event) => {
      const thing = place(event.target);
      if (thing && thing !== button.parentElement && address(thing)) thing.append(button);
    };
    document.addEventListener("pointerover", come);
    document.addEventListener("focusin", come);
    // Buttons of the page itself: what they copy stands in them, or in the element that they name.
    for (const one of document.querySelectorAll("button[data-copy]")) {
      const what = one.dataset.copy;
      one.hidden = false;
      copies(one, () => (what.startsWith("#") ? document.querySelector(what).textContent.trim() : what));
    }
  }

  // --- Keys

  const KEYS = [["j", "next quote or row"], ["k", "the one before"], ["c", "copy its link"], ["/", "search"], ["?", "show these keys"]];
  const stored = (value) => {
    try {
      if (value) localStorage.setItem("verbatim.keys", value);
      return localStorage.getItem("verbatim.keys");
    } catch {
      return null; // a browser that stores nothing has the keys on
    }
  };
  let on = stored() !== "off";
  let at = null;

  const writes = (element) =>
    element.isContentEditable || /^(?:TEXTAREA|SELECT)$/.test(element.tagName) ||
    (element.tagName === "INPUT" && !/^(?:checkbox|radio|button|submit)$/.test(element.type));

  const stops = () => [...document.querySelectorAll('main .item, .story [id^="q-"], .kwic tbody tr')];
  const link = (stop) => {
    const uid = stop.id.startsWith("q-") && stop.id.slice(2);
    if (uid) return document.querySelector(`.story a[href$="/quotes/${uid}/"]`);
    return stop.querySelector(".words a, h3 a") || stop.querySelector("a");
  };
  const go = (step) => {
    const all = stops();
    const here = all.indexOf(at);
    const inside = all.findIndex((stop) => stop.contains(document.activeElement));
    const from = inside >= 0 && !all[inside].contains(at) ? inside : here;
    const inView = () => Math.max(0, all.findIndex((stop) => stop.getBoundingClientRect().top >= 0));
    const next = from >= 0 ? from + step : inView();
    if (!all[next]) return document.querySelector(`.pager [rel=${step > 0 ? "next" : "prev"}]`)?.focus();
    at?.classList.remove("at");
    at = all[next];
    at.classList.add("at");
    link(at)?.focus({ preventScroll: true });
    const { top, bottom } = at.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) at.scrollIntoView({ block: "center" });
  };

  let panel = null;
  let before = null;
  const close = () => {
    panel?.remove();
    panel = null;
    before?.focus?.();
  };
  const help = () => {
    if (panel) return close();
    before = document.activeElement;
    const rows = KEYS.map(([key, text]) => make("div", {}, make("dt", {}, make("kbd", { textContent: key })), make("dd", { textContent: text })));
    const turn = make("button", { type: "button", textContent: on ? "Turn keys off" : "Turn keys on" });
    turn.addEventListener("click", () => {
      on = !on;
      stored(on ? "on" : "off");
      say(on ? "Keys are on" : "Keys are off");
      close();
    });
    const away = make("button", { type: "button", textContent: "Close" });
    away.addEventListener("click", close);
    panel = make("section", { className: "keys" }, make("h2", { textContent: "Keys" }), make("dl", {}, ...rows), make("p", { className: "buttons" }, turn, away));
    panel.setAttribute("aria-label", "Keys");
    document.body.append(panel);
    return away.focus();
  };
  if (matchMedia("(hover: hover)").matches) {
    const button = make("button", { type: "button", className: "plain", textContent: "Keys" });
    button.addEventListener("click", help);
    document.querySelector(".footer ul")?.append(make("li", {}, button));
  }

  const search = () =>
    ["id_q", "q", "kwic-q", "masthead-q"].map((id) => document.getElementById(id)).find((box) => box && box.offsetParent);

  const ACTS = {
    j: () => go(1),
    k: () => go(-1),
    c: () => {
      const thing = place(document.activeElement);
      const url = thing ? address(thing) : at && link(at)?.href;
      if (url && navigator.clipboard) copy(url);
    },
    "/": () => {
      search()?.focus();
      search()?.select();
    },
    "?": help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel) return close();
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writes(event.target)) return;
    if (!Object.hasOwn(ACTS, event.key)) return;
    event.preventDefault();
    ACTS[event.key]();
  });
})();
