// The certain ones: the button counts along with the ticks, and a speaker's quotes are ticked together. Without this
// script the server counts, and asks once more where the button said something else.
"use strict";

(() => {
  const form = document.getElementById("sure");
  const button = form && form.querySelector("[data-accept]");
  const opened = form && form.querySelector("[data-place]");
  if (opened) {
    opened.scrollIntoView({ block: "center" });
    opened.focus({ preventScroll: true });
  }
  if (!button) return;

  const boxes = (within) => [...within.querySelectorAll('input[name="quote"]')];
  const wholes = [...form.querySelectorAll("[data-whole]")];
  const count = () => {
    const ticked = boxes(form).filter((box) => box.checked);
    const people = new Set(ticked.flatMap((box) => box.dataset.people.split(" "))).size;
    button.value = `${ticked.length} ${people}`;
    button.textContent =
      `Accept ${ticked.length} quote${ticked.length === 1 ? "" : "s"} by ${people} ${people === 1 ? "person" : "people"}`;
    button.disabled = "missing" in button.dataset || !ticked.length;
    for (const whole of wholes) {
      const any = boxes(whole.closest("section")).some((box) => box.checked);
      whole.textContent = any ? "Untick all of these" : "Tick all of these";
    }
  };
  for (const whole of wholes) {
    whole.hidden = false;
    whole.addEventListener("click", () => {
      const own = boxes(whole.closest("section"));
      const any = own.some((box) => box.checked);
      for (const box of own) box.checked = !any;
      count();
    });
  }
  form.addEventListener("change", count);
  count();
})();
