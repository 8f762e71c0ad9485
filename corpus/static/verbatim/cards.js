// Keys on cards of people or quotes: an answer presses the card's own button, so that without this script all works the same.
"use strict";

(() => {
  const OFF = "verbatim.keys.off";
  const cards = [...document.querySelectorAll("form[data-card]")];
  const line = document.querySelector("[data-card-keys]");
  if (!line) return;

  const off = () => localStorage.getItem(OFF) === "1";
  const toggle = line.querySelector("[data-keys-switch]");
  const show = () => {
    document.body.classList.toggle("keys-off", off());
    toggle.textContent = off() ? "Turn keys on" : "Turn keys off";
  };
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    localStorage.setItem(OFF, off() ? "0" : "1");
    show();
  });
  show();

  let at = Math.max(0, cards.findIndex((card) => `#${card.id}` === location.hash));
  const point = (to, scroll = true) => {
    if (!cards.length) return;
    cards[at].classList.remove("current");
    at = Math.min(Math.max(to, 0), cards.length - 1);
    cards[at].classList.add("current");
    if (scroll) cards[at].scrollIntoView({ block: "nearest" });
  };
  point(at, false);
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("form[data-card]");
    if (card) point(cards.indexOf(card), false);
  });

  const typing = (element) =>
    element.isContentEditable || (element.matches("input, textarea, select") && !["radio", "checkbox", "submit"].includes(element.type));

  document.addEventListener("keydown", (event) => {
    if (off() || event.repeat || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const card = cards[at];
    const press = (selector, within = card) => {
      const button = within && within.querySelector(selector);
      if (!button) return false;
      button.click();
      return true;
    };
    const swap = () => {
      const other = card && card.querySelector('input[name="keep"]:not(:checked)');
      if (!other) return false;
      other.checked = true;
      return true;
    };
    const acts = {
      j: () => (point(at + 1), true),
      k: () => (point(at - 1), true),
      x: swap,
      z: () => press("button[data-last]", document),
    };
    const act = acts[event.key] || (/^[a-z]$/.test(event.key) && (() => press(`button[data-key="${event.key}"]`)));
    if (act && act()) event.preventDefault();
  });
})();
