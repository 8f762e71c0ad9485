"use strict";
// The desk with keys, and without page loads. It presses the buttons of the page and nothing else: what it fetches is
// what the browser would have, and without it everything works as plain forms.
(() => {
  const start = document.getElementById("desk");
  if (!start || !window.fetch) return;
  const desk = () => document.getElementById("desk");
  let queue = Promise.resolve(); // acts are sent one after the other, each from the page that the last one gave
  let ahead = null; // the next item, fetched before it is asked for: {url, page}

  const fetched = async (url, options = {}) => {
    const response = await fetch(url, { credentials: "same-origin", ...options });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.getElementById("desk")) {
      const out = new URL(response.url).pathname.endsWith("/login/");
      throw new Error(out ? "You were logged out; log in in another tab." : `The server answered ${response.status}.`);
    }
    return { url: response.url, page };
  };

  const show = ({ url, page }, { push = true } = {}) => {
    const fresh = document.importNode(page.getElementById("desk"), true);
    const old = desk();
    const same = old.dataset.item && old.dataset.item === fresh.dataset.item;
    const scroll = [window.scrollX, window.scrollY];
    const focused = document.activeElement;
    const crumbs = page.querySelector(".breadcrumbs");
    if (crumbs) document.querySelector(".breadcrumbs")?.replaceWith(document.importNode(crumbs, true));
    old.replaceWith(fresh);
    document.title = page.title;
    if (push && url !== location.href) history.pushState(null, "", url);
    if (same) {
      keep(old, fresh, focused);
      window.scrollTo(...scroll);
    } else {
      arrive();
    }
    fetchAhead();
  };

  // What was being written on the same item, and where the focus was.
  const keep = (old, fresh, focused) => {
    for (const id of ["find", "note"]) {
      const [before, after] = [old, fresh].map((place) => place.querySelector(`#${id}`));
      if (!before || !after || before.value === before.defaultValue) continue;
      after.value = before.value;
      const box = after.closest("details");
      if (box) box.open = before.closest("details").open;
    }
    const match = focused.id
      ? fresh.querySelector(`#${CSS.escape(focused.id)}`)
      : focused.value && [...fresh.querySelectorAll("button")].find((one) => one.value === focused.value);
    (match && !match.disabled ? match : fresh.querySelector("#card-head"))?.focus({ preventScroll: true });
  };

  // The quote in the middle of the text, and the card where a screen reader goes on.
  const arrive = () => {
    const wide = matchMedia("(min-width: 60rem)").matches;
    const here = wide && desk().querySelector("mark.wanted, .letter.wanted, .pointer");
    if (here) here.scrollIntoView({ block: "center" });
    else window.scrollTo(0, 0);
    desk().querySelector("#card-head")?.focus({ preventScroll: true });
  };

  const fetchAhead = () => {
    const url = desk().dataset.next;
    ahead = null;
    if (!url) return;
    const mine = (ahead = { asked: url });
    fetched(url, { headers: { "X-Desk": "prefetch" } }).then(
      (found) => Object.assign(mine, found),
      () => {},
    );
  };

  const trouble = (error) => {
    const said = desk().querySelector(".said");
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = `This was not stored. ${error.message} What you wrote is still here: try again, or load the page anew.`;
    said.replaceChildren(line);
    said.scrollIntoView({ block: "nearest" });
  };

  // One act: what it leads to is shown at once where it was fetched ahead, and put right by what the server answers.
  const press = (button) => {
    const form = button.form;
    const data = new FormData(form);
    data.append(button.name, button.value);
    const from = desk();
    const url = form.action;
    const back = location.href;
    const guess = "advances" in button.dataset && ahead && ahead.page ? ahead : null;
    if (guess) show(guess);
    desk().setAttribute("aria-busy", "true");
    return fetched(url, { method: "POST", body: data }).then(
      (answer) => show(answer),
      (error) => {
        from.removeAttribute("aria-busy");
        if (guess) {
          desk().replaceWith(from);
          history.replaceState(null, "", back);
        }
        trouble(error);
        throw error;
      },
    );
  };

  const follow = (url, push = true) => fetched(url).then((answer) => show(answer, { push }), () => location.assign(url));
  const later = (act) => {
    queue = queue.then(act).catch(() => {});
  };

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!desk().contains(event.target) || !sends(event.target) || !button || !button.name) return;
    event.preventDefault();
    later(() => (button.isConnected ? press(button) : undefined));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-key], .text a.number, .bar .done a");
    if (!link || !desk().contains(link) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (!link.dataset.key && !link.classList.contains("number")) return;
    event.preventDefault();
    later(() => follow(link.href));
  });
  window.addEventListener("popstate", () => later(() => follow(location.href, false)));

  // Whom the typed name may mean, below the field as it is typed.
  let typing = 0;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.id !== "find") return;
    clearTimeout(typing);
    typing = setTimeout(async () => {
      const query = new URLSearchParams({ find: field.value.trim(), position: field.dataset.position });
      const response = await fetch(`${desk().dataset.people}?${query}`, { credentials: "same-origin" });
      const found = document.getElementById("found");
      if (!response.ok || !found || !field.isConnected) return;
      found.innerHTML = await response.text();
      found.scrollIntoView({ block: "nearest" });
    }, 120);
  });

  // --- keys

  const writes = (element) =>
    element.isContentEditable || /^(?:TEXTAREA|SELECT)$/.test(element.tagName) ||
    (element.tagName === "INPUT" && !/^(?:checkbox|radio|button|submit)$/.test(element.type));

  const wanted = (key) => {
    const open = desk().querySelector(".bar .more[open] .panel");
    const quoted = CSS.escape(key);
    const named = (place) => place?.querySelector(`[data-key="${quoted}"]:not(:disabled)`);
    const hinted = [...desk().querySelectorAll("[data-pair] kbd")].find((hint) => hint.textContent === key);
    return named(open) || named(desk()) || hinted?.closest("button, label");
  };

  const nextKind = () => {
    const kinds = [...desk().querySelectorAll(".kinds button:not(:disabled)")];
    const at = kinds.findIndex((button) => button.getAttribute("aria-pressed") === "true");
    return kinds[(at + 1) % kinds.length];
  };

  const swap = () => {
    const sides = [...desk().querySelectorAll('[data-pair] input[name="keep"]')];
    const other = sides.find((side) => !side.checked);
    if (other) other.checked = true;
    return Boolean(other);
  };

  const sends = (form) => form && form.method === "post" && (form.id === "act" || form.hasAttribute("data-pair"));

  const use = (target) => {
    if (target.matches("button") && sends(target.form)) return press(target);
    if (target.matches("summary")) {
      const box = target.parentElement;
      const others = desk().querySelectorAll(".bar .more[open], .keys[open]");
      others.forEach((other) => other !== box && (other.open = false));
      box.open = !box.open;
      if (box.open) (box.querySelector("textarea, .panel button") || target).focus();
      else target.focus();
    } else if (target.matches("input, textarea")) {
      target.focus();
      target.scrollIntoView({ block: "nearest" });
    } else {
      target.click();
    }
    return undefined;
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || (event.altKey && key.length > 1) || event.isComposing) return;
    if (key === "Escape") {
      desk().querySelectorAll(".bar .more[open], .keys[open]").forEach((box) => (box.open = false));
      if (target.id === "find") {
        target.value = "";
        document.getElementById("found").replaceChildren();
      }
      if (writes(target)) desk().querySelector("#card-head")?.focus({ preventScroll: true });
      return;
    }
    if (target.id === "find" && (key === "Enter" || key === "ArrowDown")) {
      const first = document.querySelector("#found button");
      if (!first) return;
      event.preventDefault();
      if (key === "Enter") first.click();
      else first.focus();
      return;
    }
    if (desk().dataset.keys !== "on" || writes(target)) return;
    // Space and Enter belong to whatever has the focus.
    if ((key === " " || key === "Enter") && target.closest("a, button, summary, input, label")) return;
    if (key === "x" && swap()) return event.preventDefault();
    if (event.repeat && "arz".includes(key)) return; // one press, one act
    const fresh = () => (key === "k" ? nextKind() : wanted(key));
    const found = fresh();
    if (!found) return;
    event.preventDefault();
    // While an act is under way the page is about to change: press what the new one has under this key.
    later(() => {
      const now = fresh();
      return now ? use(now) : undefined;
    });
  });

  arrive();
  fetchAhead();
})();
