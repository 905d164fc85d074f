// Behaviour on every page, bound to data-aj-* attributes. Pages work without it; it saves steps.
import TomSelect from "tom-select/base";

const $$ = (root, selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];

// Long selects get a search field. Their words come from the page, so that they are in its language.
function find(root) {
  for (const select of $$(root, "select[data-aj-find]")) {
    if (select.tomselect) continue;
    const label = document.createElement("div");
    label.className = "option";
    label.textContent = select.dataset.ajNone || "";
    const box = new TomSelect(select, {
      maxOptions: null,
      allowEmptyOption: true,
      render: { no_results: () => label.cloneNode(true) },
    });
    select.setAttribute("aria-hidden", "true"); // its label now names the search field
    const hint = select.getAttribute("aria-describedby");
    if (hint) box.control_input.setAttribute("aria-describedby", hint);
  }
}

// Ticked rows, the selection bar and its count move together.
function picks(form) {
  const all = form.querySelector("[data-aj-pick-all]");
  const rows = [...form.querySelectorAll("[data-aj-pick]")];
  const ticked = rows.filter((box) => box.checked);
  for (const box of rows) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
  if (all) {
    all.checked = rows.length > 0 && ticked.length === rows.length;
    all.indeterminate = ticked.length > 0 && ticked.length < rows.length;
  }
  const bar = form.querySelector("[data-aj-bulk]");
  if (!bar) return;
  const every = bar.querySelector("[data-aj-every]");
  if (every && !all?.checked) every.checked = false;
  const count = every?.checked ? Number(every.dataset.ajEvery) : ticked.length;
  bar.toggleAttribute("data-some", count > 0);
  for (const words of bar.querySelectorAll("[data-aj-picked]")) {
    words.textContent = count ? words.dataset.ajPicked.replace("{n}", String(count)) : words.dataset.ajNone;
  }
  for (const button of bar.querySelectorAll("button:not([data-aj-any])")) button.disabled = count === 0;
}

document.addEventListener("change", (event) => {
  const box = event.target;
  const form = box.closest?.("form");
  if (!form) return;
  if (box.matches("[data-aj-pick-all]")) {
    for (const row of form.querySelectorAll("[data-aj-pick]")) row.checked = box.checked;
  }
  if (box.matches("[data-aj-pick-all], [data-aj-pick], [data-aj-every]")) picks(form);
  if (box.matches("[data-aj-size]")) form.requestSubmit();
});

// Opened lists close on Escape and on a press outside; the focus goes back to what opened them.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details[data-aj-fold][open]") ?? document.querySelector("details[data-aj-fold][open]");
  if (!open) return;
  open.removeAttribute("open");
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-aj-fold][open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
  const copy = event.target.closest("[data-aj-copy]");
  if (copy) copyText(copy);
  if (event.target.closest("[data-aj-print]")) window.print();
  const eye = event.target.closest("[data-aj-eye]");
  if (eye) {
    const field = document.getElementById(eye.dataset.ajEye);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    eye.setAttribute("aria-pressed", String(shown));
  }
});
// A question that opens (a reason, a confirmation) takes the focus to its first field.
document.addEventListener(
  "toggle",
  (event) => {
    const part = event.target;
    if (part.matches?.("details[data-aj-ask][open]")) part.querySelector("textarea, input:not([type=hidden]), select, button")?.focus();
  },
  true,
);

async function copyText(button) {
  const text = button.dataset.ajCopy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy"); // no clipboard outside https
    field.remove();
    button.focus();
  }
  const said = button.querySelector("[data-aj-copied]");
  if (said) said.textContent = said.dataset.ajCopied;
}

// One press, one submission.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.ajSent) event.preventDefault();
  else if (!event.defaultPrevented) form.dataset.ajSent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-aj-sent]")) delete form.dataset.ajSent;
});

// htmx sends the token a form of the page carries.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.value;
});

// After a swap the changed part takes the focus and is marked for two seconds.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.target.closest?.("[data-aj-focus]") ?? event.target.querySelector?.("[data-aj-focus]");
  if (!part) return;
  if (!part.hasAttribute("tabindex")) part.setAttribute("tabindex", "-1");
  part.focus({ preventScroll: false });
  part.setAttribute("data-aj-fresh", "");
  setTimeout(() => part.removeAttribute("data-aj-fresh"), 2000);
});
document.addEventListener("htmx:load", (event) => start(event.target));

function start(root) {
  find(root);
  for (const bar of $$(root, "[data-aj-bulk]")) picks(bar.closest("form"));
}

document.addEventListener("DOMContentLoaded", () => {
  document.documentElement.dataset.ajJs = "1";
  start(document.body);
  document.querySelector("[data-aj-focus-load]")?.focus();
});
