// Builds frontend/build/ from the sources beside this file. Repeated builds give the same bytes.
import { copyFile, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "build"); // another folder for a comparison
const modules = join(here, "..", "node_modules");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const sheet = compile(join(here, "kit.scss"), {
  loadPaths: [here, modules],
  style: "compressed",
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
await writeFile(join(out, "kit.css"), sheet.css + "\n");

// Bootstrap's code does not build for Safari 14; Chromium 90 is what domestic terminals carry.
await build({
  entryPoints: ["site.js", "charts.js", "maps.js"].map((name) => join(here, name)),
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  format: "iife",
  target: ["chrome90", "firefox88", "safari15"],
  loader: { ".png": "dataurl" },
  nodePaths: [modules],
  logLevel: "warning",
});

for (const name of ["icons.svg", "mark.svg"]) await copyFile(join(here, name), join(out, name));

// Fonts of official papers: read by the server only, so they stand outside the static files.
const fonts = join(here, "..", "build", "fonts");
await mkdir(fonts, { recursive: true });
for (const [family, file] of [["noto-sans-sc", "NotoSansSC"], ["noto-serif-sc", "NotoSerifSC"]]) {
  for (const weight of ["400Regular", "700Bold"]) {
    const from = join(modules, "@expo-google-fonts", family, weight, `${file}_${weight}.ttf`);
    const to = join(fonts, `${file}_${weight}.ttf`);
    const old = await stat(to).catch(() => null);
    if (old?.size !== (await stat(from)).size) await copyFile(from, to);
  }
}
