// Maps without tiles: polygons, points and plans on plain ground. Data travels in JSON scripts; see docs/ui.md.
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { INK, LAMP, TILE, each, narrow } from "./tokens.js";

const STEPS = ["#d2e3e8", "#a6c7d0", "#6ea2b0", "#1d6779", "#0a4152"]; // .k1 … .k5 of the kit
const still = { zoomControl: false, attributionControl: false, zoomSnap: 0.05, dragging: !narrow, scrollWheelZoom: false, doubleClickZoom: false, keyboard: false };

// Words reach the map as text, never as markup.
function words(strong, plain) {
  const box = document.createElement("span");
  if (strong) box.append(Object.assign(document.createElement("b"), { textContent: strong }));
  if (plain) box.append(plain);
  return box;
}
const label = (map, at, content, options = {}) =>
  L.tooltip({ permanent: true, direction: "center", className: "aj-label", ...options }).setLatLng(at).setContent(content).addTo(map);

async function polygons(d) {
  if (!d.src) return d.polygons;
  const answer = await fetch(d.src, { credentials: "same-origin" });
  return answer.json();
}

/** Areas in five steps of tile, the value written on each; optional points and a dashed box for the inset. */
async function choropleth(el, d) {
  const all = await polygons(d);
  const name = (f) => f.properties.name;
  const features = all.features.filter((f) => !d.only || d.only.includes(name(f)));
  const map = L.map(el, still).setView([0, 0], 3); // paths need a view to be drawn in
  const step = (value) => (value == null ? -1 : d.cuts.filter((cut) => value >= cut).length);
  const layer = L.geoJSON({ type: "FeatureCollection", features }, {
    style: (f) => {
      const at = d.values ? step(d.values[name(f)]) : 0;
      return { color: d.values ? "#fff" : "#728287", weight: d.values ? 1.5 : 1, fillColor: at < 0 ? "#eaeeef" : STEPS[at], fillOpacity: d.values ? 1 : 0.45 };
    },
    onEachFeature: (f, shape) => {
      const value = d.values?.[name(f)];
      if (!d.quiet?.includes(name(f))) {
        const short = d.short?.[name(f)] ?? name(f);
        const centre = f.properties.centroid && [f.properties.centroid[1], f.properties.centroid[0]];
        const dark = d.values && step(value) > 2;
        label(map, d.at?.[name(f)] ?? centre ?? shape.getBounds().getCenter(), words(short, value?.toFixed(d.digits ?? 1)), { className: `aj-label${dark ? " on-dark" : ""}` });
      }
      shape.on("mouseover", () => shape.setStyle({ color: INK, weight: 2 }).bringToFront());
      shape.on("mouseout", () => layer.resetStyle(shape));
      if (d.links?.[name(f)]) shape.on("click", () => location.assign(d.links[name(f)]));
    },
  }).addTo(map);
  const [x, y] = d.padding ?? [12, 12];
  const extent = layer.getBounds();
  for (const point of d.points ?? []) {
    extent.extend(point.at);
    const dot = L.circleMarker(point.at, { radius: point.radius ?? 5, color: "#fff", weight: 1.5, fillColor: point.lit ? LAMP : TILE, fillOpacity: 1 }).addTo(map);
    dot.bindTooltip(words(point.name, point.note), { className: "aj-label aj-label-box", direction: "top" });
    if (point.href) dot.on("click", () => location.assign(point.href));
  }
  map.fitBounds(extent, { paddingTopLeft: [x, y + (d.top ?? 0)], paddingBottomRight: [x, y + (narrow ? 0 : d.below ?? 0)] });
  if (d.box) L.rectangle(d.box, { color: INK, weight: 1, fill: false, dashArray: "3 3" }).addTo(map);
}

/** A site plan in metres: roads, buildings, one outline, and a second one where two records are compared. */
function plan(el, d) {
  const map = L.map(el, { ...still, crs: L.CRS.Simple, minZoom: -5 });
  const turn = (ring) => ring.map(([x, y]) => [y, x]);
  for (const road of d.roads ?? []) L.polyline(turn(road), { color: "#fff", weight: 14 }).addTo(map);
  for (const ring of d.others ?? []) L.polygon(turn(ring), { color: "#c2ccd0", weight: 1, fillColor: "#eaeeef", fillOpacity: 1 }).addTo(map);
  const own = L.polygon(turn(d.a), { color: TILE, weight: 2.5, fillColor: "#d2e3e8", fillOpacity: 1 }).addTo(map);
  if (d.b) L.polygon(turn(d.b), { color: LAMP, weight: 2.5, dashArray: "6 4", fillColor: "#f9e3bd", fillOpacity: 0.8 }).addTo(map);
  for (const ring of d.buildings ?? []) L.polygon(turn(ring), { color: "#728287", weight: 1, fillColor: "#fff", fillOpacity: 1 }).addTo(map);
  for (const [text, x, y] of [...(d.names ?? []), ...(d.roadNames ?? [])]) label(map, [y, x], words("", text));
  for (const [text, x, y] of Object.values(d.labels ?? {})) label(map, [y, x], words(text));
  if (d.centres) {
    const [p, q] = turn(d.centres);
    L.polyline([p, q], { color: INK, weight: 1.5 }).addTo(map);
    for (const centre of [p, q]) L.circleMarker(centre, { radius: 4, color: "#fff", weight: 1.5, fillColor: INK, fillOpacity: 1 }).addTo(map);
    if (d.gap) label(map, [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2], words("", d.gap), { direction: "left", offset: [-6, 0] });
  }
  map.fitBounds(narrow || !d.view ? own.getBounds() : turn(d.view), { padding: narrow || !d.view ? [20, 20] : [0, 0] });
}

each("data-aj-map", choropleth);
each("data-aj-plan", plan);
