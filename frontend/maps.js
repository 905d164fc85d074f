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

const json = async (address) => (await fetch(address, { credentials: "same-origin" })).json();
const gather = (addresses) => Promise.all(addresses.map((address) => (address ? json(address) : { features: [] })));

/** Puts labels where there is room, the first ones first; returns the layer that holds them. */
function place(map, layer, wanted) {
  layer.clearLayers();
  const taken = [];
  const size = map.getSize();
  const em = parseFloat(getComputedStyle(map.getContainer()).fontSize);
  for (const { at, strong, plain, dark, fits, below } of wanted) {
    const p = map.latLngToContainerPoint(at);
    if (below) p.y += 15;
    const w = em * Math.max(strong?.length ?? 0, (plain?.length ?? 0) * 0.6) + 4;
    const h = em * (strong && plain ? 2.7 : 1.4);
    if (fits && fits(map) < w * 0.8) continue;
    const box = [p.x - w / 2, p.y - h / 2, p.x + w / 2, p.y + h / 2];
    if (box[0] < 2 || box[1] < 2 || box[2] > size.x - 2 || box[3] > size.y - 2) continue;
    if (taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) continue;
    taken.push(box);
    layer.addLayer(L.tooltip({ permanent: true, direction: "center", offset: below ? [0, 15] : [0, 0], className: `aj-label${dark ? " on-dark" : " on-ground"}`, interactive: false }).setLatLng(at).setContent(words(strong, plain)));
  }
  return taken;
}

/** Where a label of a polygon stands: the middle of its largest ring. */
function middle(shape) {
  let best = null, most = -1;
  const rings = shape.getLatLngs().flat(shape.feature.geometry.type === "MultiPolygon" ? 1 : 0).filter((ring) => Array.isArray(ring));
  for (const ring of rings) {
    let area = 0, x = 0, y = 0;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const cross = ring[j].lng * ring[i].lat - ring[i].lng * ring[j].lat;
      area += cross; x += (ring[j].lng + ring[i].lng) * cross; y += (ring[j].lat + ring[i].lat) * cross;
    }
    if (area && Math.abs(area) > most) { most = Math.abs(area); best = L.latLng(y / (3 * area), x / (3 * area)); }
  }
  return best ?? shape.getBounds().getCenter();
}

const STREET = [0, 2.2, 1.4, 0.9, 0.5];

/** A map to move in: figures on areas from afar, points from near, streets and water as a quiet ground. */
async function atlas(el, d) {
  const map = L.map(el, { zoomControl: false, attributionControl: false, zoomSnap: 0.25, scrollWheelZoom: false, preferCanvas: false, dragging: !narrow, maxZoom: 17, wheelPxPerZoomLevel: 120 }).setView([0, 0], 3);
  for (const [name, level] of [["ground", 405], ["edges", 410], ["dots", 440]]) { map.createPane(name).style.zIndex = level; }
  map.getPane("ground").style.pointerEvents = map.getPane("edges").style.pointerEvents = "none";
  const [base, edges, far] = await gather([d.base, d.edges, d.streets?.[0]]);
  const id = (f) => String(f.properties.id);
  const values = d.values ?? null;
  const step = (value) => (value ? d.cuts.filter((cut) => value >= cut).length : -1);
  let near = !values;
  const look = (f) => {
    const at = values && !near ? step(values[id(f)]) : -2;
    return { color: near ? "#c2ccd0" : "#fff", weight: near ? 1 : 0.75, fillColor: at === -2 ? "#fff" : at < 0 ? "#eaeeef" : STEPS[at], fillOpacity: 1 };
  };
  const told = (f) => words(f.properties.name, values ? `${values[id(f)] ?? 0} ${d.unit}` : "");
  const areas = L.geoJSON(base, {
    style: look,
    onEachFeature: (f, shape) => {
      shape.middle = () => (shape.at ??= middle(shape));
      shape.bindTooltip(told(f), { className: "aj-label aj-label-box", sticky: true });
      shape.on("mouseover", () => shape.setStyle({ color: INK, weight: 2 }).bringToFront());
      shape.on("mouseout", () => areas.resetStyle(shape));
      shape.on("click", () => (d.links?.[id(f)] ? location.assign(d.links[id(f)]) : values && map.flyToBounds(shape.getBounds(), { duration: 0.4 })));
    },
  }).addTo(map);
  const paint = (features) => L.geoJSON(features, {
    pane: "ground",
    interactive: false,
    style: (f) => {
      const { kind, level } = f.properties;
      if (kind === "street") return { color: near ? "#d8e0e3" : "#fff", weight: STREET[level] * (near ? 1.6 : 1), opacity: near ? 1 : 0.7, lineCap: "round" };
      return { stroke: false, fillColor: kind === "park" ? "#e6efe7" : near ? "#d2e3e8" : "#f3f7f8", fillOpacity: 1 };
    },
  });
  let streets = paint(far).addTo(map), fine = null;
  const borders = L.geoJSON(edges, { pane: "edges", interactive: false, style: () => ({ color: near ? "#728287" : INK, weight: near ? 1.25 : 1, opacity: near ? 1 : 0.55, fill: false }) }).addTo(map);
  if (d.outline) L.geoJSON(d.outline, { pane: "edges", interactive: false, style: { color: INK, weight: 1.5, fill: false } }).addTo(map);
  const dots = L.layerGroup(), names = L.layerGroup().addTo(map);
  const paper = L.canvas({ pane: "dots", padding: 0.2 });
  let points = [];
  const whole = d.box ? L.latLngBounds(d.box) : borders.getLayers().length ? borders.getBounds() : areas.getLayers().length ? areas.getBounds() : null;
  const fit = () => whole && map.fitBounds(whole, { padding: [14, 14], animate: false });
  fit();
  const start = map.getZoom();
  if (d.here) {
    L.circleMarker(d.here.at, { pane: "dots", radius: 8, color: "#fff", weight: 2.5, fillColor: LAMP, fillOpacity: 1, interactive: false }).addTo(map);
  }
  const across = (shape) => (m) => { const b = shape.getBounds(); return m.latLngToContainerPoint(b.getNorthEast()).x - m.latLngToContainerPoint(b.getSouthWest()).x; };
  const label = () => {
    const wanted = [];
    const inView = map.getBounds();
    if (d.here) wanted.push({ at: L.latLng(d.here.at), strong: d.here.name, plain: "", below: true });
    const seen = near ? points.filter(([, lat, lon]) => inView.contains([lat, lon])) : [];
    if (seen.length <= 60) {
      for (const [, lat, lon, name] of seen) wanted.push({ at: L.latLng(lat, lon), strong: "", plain: name, below: true });
    }
    borders.eachLayer((shape) => { if (!near) wanted.push({ at: (shape.at ??= middle(shape)), strong: shape.feature.properties.name, plain: "", dark: false, fits: across(shape) }); });
    const sorted = areas.getLayers().filter((s) => inView.intersects(s.getBounds())).sort((a, b) => (values?.[id(b.feature)] ?? 0) - (values?.[id(a.feature)] ?? 0));
    for (const shape of sorted) {
      const value = values?.[id(shape.feature)];
      wanted.push({ at: shape.middle(), strong: d.named ? shape.feature.properties.name : "", plain: values && !near ? String(value ?? "") : d.named ? "" : shape.feature.properties.name, dark: !near && step(value) > 2, fits: across(shape) });
    }
    place(map, names, wanted.filter((one) => one.strong || one.plain));
  };
  const refresh = async () => {
    const closer = !values || map.getZoom() >= start + (d.box && values ? 0.75 : 1.5) || (d.box && values && start > 12);
    if (closer && !fine && d.streets?.[1]) {
      fine = paint(await json(d.streets[1]));
    }
    if (closer !== near || (closer && fine && !map.hasLayer(fine))) {
      near = closer;
      areas.setStyle(look);
      borders.setStyle({ color: near ? "#728287" : INK, weight: near ? 1.25 : 1, opacity: near ? 1 : 0.55 });
      streets.remove(); fine?.remove();
      (near && fine ? fine : (streets = paint(far))).addTo(map);
      if (near && fine) { fine.remove(); fine = paint(fine.toGeoJSON()).addTo(map); }
      if (near) dots.addTo(map); else dots.remove();
    }
    if (narrow) map.dragging[map.getZoom() > start + 0.4 ? "enable" : "disable"]();
    label();
  };
  if (d.points) {
    const found = await json(d.points);
    points = found.points;
    for (const [key, lat, lon, name] of points) {
      const dot = L.circleMarker([lat, lon], { renderer: paper, radius: 5, color: "#fff", weight: 1.25, fillColor: TILE, fillOpacity: 1 });
      dot.bindTooltip(words(name, ""), { className: "aj-label aj-label-box", direction: "top" });
      dot.on("click", () => location.assign(found.href.replace("/0/", `/${key}/`)));
      dots.addLayer(dot);
    }
  }
  map.on("zoomend moveend", refresh);
  L.control.zoom({ position: "topright", zoomInText: "+", zoomOutText: "−", zoomInTitle: d.words.in, zoomOutTitle: d.words.out }).addTo(map);
  const back = L.control({ position: "topright" });
  back.onAdd = () => {
    const bar = L.DomUtil.create("div", "leaflet-bar");
    const button = Object.assign(L.DomUtil.create("a", "", bar), { href: "#", role: "button", title: d.words.whole, textContent: "⤢" });
    button.setAttribute("aria-label", d.words.whole);
    L.DomEvent.disableClickPropagation(bar).on(button, "click", (event) => { L.DomEvent.preventDefault(event); fit(); });
    return bar;
  };
  if (!d.here) back.addTo(map);
  await refresh();
  el.dataset.ajReady = "1";
}

each("data-aj-map", choropleth);
each("data-aj-atlas", atlas);
each("data-aj-plan", plan);
