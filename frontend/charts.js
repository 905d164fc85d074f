// Charts. Data travels in <script type="application/json">, never as code; see docs/ui.md for its fields.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { FONT, HAIR, INK, LAMP, LAMP_WORD, NOTE, QUIET, TILE, each, narrow } from "./tokens.js";

echarts.use([LineChart, BarChart, GridComponent, TooltipComponent, AriaComponent, MarkAreaComponent, MarkPointComponent, MarkLineComponent, CanvasRenderer]);

// Lines differ by dash and mark before they differ by colour, so that a grey print still reads.
const STROKES = [
  { color: TILE, word: TILE, type: "solid", symbol: "rect" },
  { color: LAMP, word: LAMP_WORD, type: [6, 3], symbol: "emptyCircle" },
  { color: QUIET, word: QUIET, type: [2, 3], symbol: "triangle" },
];
const HATCH = { symbol: "rect", color: "rgba(255,255,255,.75)", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 };
const written = (value, digits) =>
  value == null ? "" : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");

const pen = document.createElement("canvas").getContext("2d");
/** Room at the right for the words at the end of the lines. */
function room(d) {
  if (narrow) return d.kind === "step" ? 48 : 12;
  pen.font = `700 ${NOTE}px ${FONT}`;
  const named = d.series.length > 1 ? d.series.map((s) => s.name) : ["0,000.0"];
  return Math.ceil(Math.max(48, ...named.map((name) => pen.measureText(name).width))) + 18;
}

/** What all charts share: type, tooltip, hairlines. */
function axis(d, label) {
  const digits = d.digits ?? 1;
  const note = { color: QUIET, fontSize: NOTE };
  return {
    textStyle: { fontFamily: FONT, color: INK, fontSize: NOTE },
    animation: false,
    aria: { enabled: true, label: { description: label } },
    tooltip: {
      trigger: "axis", renderMode: "richText", backgroundColor: "#fff", borderColor: QUIET, borderWidth: 1, padding: 10,
      shadowBlur: 0, textStyle: { color: INK, fontFamily: FONT, fontSize: NOTE }, confine: true,
      axisPointer: { type: d.kind === "bar" ? "shadow" : "line", lineStyle: { color: LAMP, type: "solid" }, shadowStyle: { color: "rgba(15,84,104,.06)" } },
      valueFormatter: (value) => written(value, digits),
    },
    grid: { left: 4, right: room(d), top: d.top ?? 26, bottom: 4, containLabel: true },
    xAxis: {
      type: "category", data: d.x, boundaryGap: d.kind === "bar", axisLine: { lineStyle: { color: INK } }, axisTick: { show: false },
      axisLabel: { ...note, hideOverlap: true, interval: d.every ? (i) => i % d.every === (d.x.length - 1) % d.every : "auto", showMaxLabel: true },
    },
    yAxis: {
      type: "value", min: d.min, max: d.max, interval: d.step, splitLine: { lineStyle: { color: HAIR } }, axisLabel: note,
      name: d.unit, nameTextStyle: { ...note, align: "left", padding: [0, 0, 0, -28] },
    },
  };
}

/** Up to three lines or steps; the last value is a lit square with its number instead of a legend. */
function lines(d) {
  const digits = d.digits ?? 1;
  const last = d.x.length - 1;
  const above = narrow && d.kind !== "step";
  return d.series.slice(0, STROKES.length).map((s, i) => {
    const stroke = STROKES[i];
    const end = written(s.data[last], digits);
    const words = d.series.length === 1 ? end : narrow ? `${s.name} ${end}` : `${s.name}\n${end}`;
    return {
      name: s.name, type: "line", data: s.data, step: d.kind === "step" ? "end" : false, symbol: stroke.symbol, symbolSize: 6, showSymbol: false,
      lineStyle: { color: stroke.color, width: 2, type: stroke.type }, itemStyle: { color: stroke.color },
      markPoint: s.data[last] == null ? undefined : {
        silent: true, symbol: "rect", symbolSize: 9, itemStyle: { color: i ? stroke.color : LAMP }, data: [{ coord: [last, s.data[last]] }],
        label: { position: above ? "top" : "right", align: above ? "right" : "left", color: stroke.word, fontWeight: 700, formatter: words, lineHeight: NOTE * 1.25, distance: 8 },
      },
    };
  });
}

/** Bars from zero; the second is hatched. */
function bars(d) {
  return d.series.slice(0, 2).map((s, i) => ({
    name: s.name, type: "bar", data: s.data, barMaxWidth: 16, barGap: "10%", itemStyle: { color: i ? LAMP : TILE, decal: i ? HATCH : undefined },
  }));
}

/** Named bands behind the first line (grades), the band `d.lit` tinted, and a few named points. */
function bands(d, series) {
  const late = (i) => i > d.x.length * 0.6;
  series.markLine = {
    silent: true, symbol: "none", lineStyle: { color: QUIET, type: [3, 3], width: 1 }, label: { show: false },
    data: d.bands.slice(1).map(([, from]) => ({ yAxis: from })),
  };
  series.markArea = {
    silent: true,
    data: d.bands.map(([name, from, to]) => [
      { yAxis: from, itemStyle: { color: name === d.lit ? "rgba(15,84,104,.07)" : "transparent" }, label: { show: true, position: "insideTopLeft", formatter: name, color: QUIET, fontSize: NOTE, fontWeight: 700 } },
      { yAxis: to },
    ]),
  };
  if (!d.marks || narrow) return;
  for (const [x, text] of d.marks) {
    const i = d.x.indexOf(x);
    if (i < 0 || i === d.x.length - 1) continue;
    series.markPoint.data.push({
      coord: [i, series.data[i]], symbol: "circle", symbolSize: 7, itemStyle: { color: TILE },
      label: { position: late(i) ? "left" : "top", align: late(i) ? "right" : "center", formatter: text, color: INK, fontWeight: 400 },
    });
  }
}

function draw(el, d) {
  const option = axis(d, el.getAttribute("aria-label"));
  if (d.kind === "bar") {
    option.series = bars(d);
    option.grid.right = 4;
  } else {
    option.series = lines(d);
    if (d.bands) bands(d, option.series[0]);
  }
  const chart = echarts.init(el, null, { renderer: "canvas" });
  chart.setOption(option);
  new ResizeObserver(() => chart.resize()).observe(el);
}

each("data-aj-chart", draw);
