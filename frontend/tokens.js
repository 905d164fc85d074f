// The kit's tokens for drawing: read from the style sheet, so that elder mode and contrast reach charts too.
const root = getComputedStyle(document.documentElement);
const token = (name) => root.getPropertyValue(name).trim();

export const INK = token("--aj-ink");
export const QUIET = token("--aj-quiet");
export const HAIR = token("--aj-hair");
export const TILE = token("--aj-tile");
export const LAMP = token("--aj-lamp");
export const LAMP_WORD = token("--aj-lamp-word");
export const FONT = getComputedStyle(document.body).fontFamily;
export const NOTE = parseFloat(token("--aj-fs-note")) * parseFloat(root.fontSize);
export const narrow = window.innerWidth < 768;

/** Data of a drawing: the JSON script the element names. */
export const read = (id) => JSON.parse(document.getElementById(id).textContent);

/** Draw every element with the attribute once, now and after each htmx swap. */
export function each(attribute, draw) {
  const all = (within) => {
    for (const el of within.querySelectorAll(`[${attribute}]`)) {
      if (el.dataset.ajDrawn) continue;
      el.dataset.ajDrawn = "1";
      draw(el, read(el.getAttribute(attribute)));
    }
  };
  all(document);
  document.addEventListener("htmx:load", (event) => all(event.target.parentNode ?? document));
}
