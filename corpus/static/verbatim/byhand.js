/* Marking by hand: what is selected in the text fills the form, and two handles move its ends.

   Offsets in here are UTF-16 units of the whole text, as the browser counts; the form has code points, as the server
   does. They change in one place each way: codePoints() and units(). Without this script the form works by itself. */
(() => {
  "use strict";
  const area = document.getElementById("hand-text");
  const form = document.querySelector("#form form");
  const data = document.getElementById("hand-words");
  if (!area || !form || !data) return;
  const text = JSON.parse(data.textContent);
  const lines = [...area.querySelectorAll(".line")];
  const { words, where } = form.elements;
  const toForm = document.querySelector(".to-form");
  let spans = []; // [start, end], in text order
  let ours = false;

  // --- offsets

  /** UTF-16 units to code points. */
  function codePoints(unit) {
    let points = 0;
    for (let at = 0; at < unit; at += text.codePointAt(at) > 0xffff ? 2 : 1) points += 1;
    return points;
  }

  /** Code points to UTF-16 units. */
  function units(point) {
    let unit = 0;
    for (let points = 0; points < point && unit < text.length; points += 1) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
    return unit;
  }

  /** A place in the document as an offset of the text; null outside of it. */
  function offsetOf(node, offset) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const line = element.closest(".line");
    if (line && area.contains(line)) {
      const range = document.createRange();
      range.setStart(line, 0);
      range.setEnd(node, offset);
      return Number(line.dataset.at) + range.toString().length;
    }
    if (!area.contains(node)) return null;
    // Between two lines: where the next one begins.
    const here = document.createRange();
    here.setStart(node, offset);
    const next = lines.find((one) => here.comparePoint(one, 0) >= 0);
    return next ? Number(next.dataset.at) : text.length;
  }

  /** An offset of the text as a place in the document. */
  function placeOf(offset) {
    let line = lines[0];
    for (const one of lines) if (Number(one.dataset.at) <= offset) line = one;
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let left = offset - Number(line.dataset.at);
    let last = null;
    while (walker.nextNode()) {
      last = walker.currentNode;
      if (left <= last.length) return [last, left];
      left -= last.length;
    }
    return last ? [last, last.length] : [line, 0];
  }

  function rangeOf([start, end]) {
    const range = document.createRange();
    range.setStart(...placeOf(start));
    range.setEnd(...placeOf(end));
    return range;
  }

  /** Without the white space at its ends. */
  function trimmed(start, end) {
    while (start < end && /\s/.test(text[start])) start += 1;
    while (end > start && /\s/.test(text[end - 1])) end -= 1;
    return [start, end];
  }

  // --- boundaries to move to

  const segments = {};

  /** Where words, sentences or characters as one sees them start, or end; in text order. */
  function boundaries(granularity, side) {
    const key = `${granularity} ${side}`;
    if (!segments[key]) {
      const pieces = [...new Intl.Segmenter(area.lang || "en", { granularity }).segment(text)];
      segments[key] = pieces
        .filter((piece) => granularity !== "word" || piece.isWordLike)
        .map((piece) => (side === "start" ? piece.index : piece.index + (piece.segment.trimEnd().length || 1)));
    }
    return segments[key];
  }

  function step(from, granularity, side, forward) {
    const all = boundaries(granularity, side);
    if (forward) return all.find((at) => at > from) ?? text.length;
    return all.findLast((at) => at < from) ?? 0;
  }

  // --- what is selected, on the screen and in the form

  const paint = "highlights" in CSS ? new Highlight() : null;
  if (paint) CSS.highlights.set("by-hand", paint);
  const handles = ["start", "end"].map((name) => {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = `handle ${name}`;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", name === "start" ? "Start of what is marked" : "End of what is marked");
    handle.setAttribute("aria-valuemin", "0");
    handle.hidden = true;
    area.append(handle);
    return handle;
  });

  function show() {
    paint?.clear();
    for (const span of spans) paint?.add(rangeOf(span));
    handles.forEach((handle) => { handle.hidden = !spans.length; });
    toForm.hidden = !spans.length;
    if (!spans.length) return;
    const box = area.getBoundingClientRect();
    const put = (handle, rect, x, value, near) => {
      handle.style.left = `${x - box.left}px`;
      handle.style.top = `${rect.top - box.top}px`;
      handle.style.height = `${rect.height}px`;
      handle.setAttribute("aria-valuenow", codePoints(value));
      handle.setAttribute("aria-valuemax", codePoints(text.length));
      handle.setAttribute("aria-valuetext", near);
    };
    const first = spans[0], last = spans[spans.length - 1];
    const front = [...rangeOf(first).getClientRects()].filter((rect) => rect.width);
    const back = [...rangeOf(last).getClientRects()].filter((rect) => rect.width);
    if (!front.length || !back.length) return;
    put(handles[0], front[0], front[0].left, first[0], text.slice(first[0], first[0] + 30));
    const rect = back[back.length - 1];
    put(handles[1], rect, rect.right, last[1], text.slice(Math.max(0, last[1] - 30), last[1]));
  }

  function fill() {
    ours = true;
    words.value = spans.map(([start, end]) => text.slice(start, end)).join(" … ");
    where.value = spans.map(([start, end]) => `${codePoints(start)}–${codePoints(end)}`).join(", ");
    ours = false;
  }

  function mark(next) {
    spans = next;
    fill();
    show();
  }

  /** What the form says, as spans; none where it says nothing that can be. */
  function read() {
    const found = [...where.value.matchAll(/(\d+)\s*[-–—:]\s*(\d+)/g)].map((m) => [units(Number(m[1])), units(Number(m[2]))]);
    spans = found.filter(([start, end]) => start < end);
    show();
  }

  function selected() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!area.contains(range.startContainer) && !area.contains(range.endContainer)) return null;
    const start = offsetOf(range.startContainer, range.startOffset) ?? 0;
    const end = offsetOf(range.endContainer, range.endOffset) ?? text.length;
    const [from, to] = trimmed(start, end);
    return from < to ? [from, to] : null;
  }

  const more = document.createElement("label");
  more.className = "more";
  more.innerHTML = '<input type="checkbox"> Add what I select next: the quote goes on after other words';
  where.closest(".form-row").append(more);
  let before = [];
  more.firstElementChild.addEventListener("change", (event) => { before = event.target.checked ? spans : []; });

  document.addEventListener("selectionchange", () => {
    if (dragged) return;
    const span = selected();
    if (!span) return;
    const apart = before.filter(([start, end]) => end <= span[0] || start >= span[1]);
    mark([...apart, span].sort((a, b) => a[0] - b[0]));
  });
  area.addEventListener("pointerup", (event) => {
    // The colour stays; the browser's own selection would go when the form is written in.
    if (paint && event.pointerType === "mouse" && selected()) setTimeout(() => document.getSelection().removeAllRanges());
    if (more.firstElementChild.checked && selected()) { more.firstElementChild.checked = false; before = []; }
  });
  where.addEventListener("input", () => { if (!ours) { words.value = ""; read(); } });
  words.addEventListener("input", () => { if (!ours) { where.value = ""; spans = []; show(); } });
  addEventListener("resize", show);

  // --- handles

  let dragged = null;

  function caret(x, y) {
    if (document.caretPositionFromPoint) {
      const place = document.caretPositionFromPoint(x, y);
      return place && offsetOf(place.offsetNode, place.offset);
    }
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? offsetOf(range.startContainer, range.startOffset) : null;
  }

  /** Move an end to an offset, as far as it stays an end. */
  function move(handle, to) {
    const next = spans.map((span) => [...span]);
    const span = handle === handles[0] ? next[0] : next[next.length - 1];
    if (handle === handles[0]) span[0] = Math.min(to, span[1] - 1);
    else span[1] = Math.max(to, span[0] + 1);
    if (trimmed(...span)[0] < trimmed(...span)[1]) mark(next);
  }

  for (const handle of handles) {
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      dragged = handle;
      handle.setPointerCapture(event.pointerId);
      handle.focus();
    });
    handle.addEventListener("pointermove", (event) => {
      if (dragged !== handle) return;
      // The handle itself must not be what is under the pointer.
      handle.style.pointerEvents = "none";
      const to = caret(event.clientX, event.clientY);
      handle.style.pointerEvents = "";
      if (to !== null) move(handle, to);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      handle.addEventListener(name, () => { dragged = null; });
    }
    handle.addEventListener("keydown", (event) => {
      const forward = ["ArrowRight", "ArrowDown", "PageDown"].includes(event.key);
      if (!forward && !["ArrowLeft", "ArrowUp", "PageUp"].includes(event.key)) return;
      event.preventDefault();
      const granularity = event.key.startsWith("Page") ? "sentence" : event.shiftKey || event.ctrlKey || event.altKey ? "word" : "grapheme";
      const side = handle === handles[0] ? "start" : "end";
      const from = side === "start" ? spans[0][0] : spans[spans.length - 1][1];
      move(handle, step(from, granularity, side, forward));
      handle.focus();
    });
  }

  // --- only the fields of what is marked

  function fit() {
    const what = form.elements.what.value;
    for (const row of form.querySelectorAll("[data-of]")) row.hidden = row.dataset.of !== "" && row.dataset.of !== what;
    more.hidden = what !== "quote";
  }
  form.addEventListener("change", fit);
  form.querySelectorAll(".of").forEach((label) => label.remove());
  document.querySelector(".script-only").hidden = false;
  fit();
  read();
  document.querySelector(".hand-text mark.wanted")?.scrollIntoView({ block: "center" });
})();
