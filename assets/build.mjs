// Builds styles, scripts and fonts into the static folder of the design room, and writes down what they were built
// from: a test compares these digests with the sources, so that a forgotten build is noticed without Node.js.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/paraphe/floor/design/static/design");
const FONTS = {
  "instrument-sans-latin.woff2": "@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2",
  "instrument-sans-latin-ext.woff2":
    "@fontsource-variable/instrument-sans/files/instrument-sans-latin-ext-wght-normal.woff2",
  "spectral-latin.woff2": "@fontsource/spectral/files/spectral-latin-500-normal.woff2",
  "spectral-latin-ext.woff2": "@fontsource/spectral/files/spectral-latin-ext-500-normal.woff2",
  "spectral-latin-italic.woff2": "@fontsource/spectral/files/spectral-latin-500-italic.woff2",
  "OFL-instrument-sans.txt": "@fontsource-variable/instrument-sans/LICENSE",
  "OFL-spectral.txt": "@fontsource/spectral/LICENSE",
};

rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "fonts"), { recursive: true });

const compiled = sass.compile(join(here, "scss/paraphe.scss"), {
  loadPaths: [join(here, "node_modules")],
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
const css = await esbuild.transform(compiled.css, { loader: "css", minify: true, legalComments: "inline", target: "es2022" });
writeFileSync(join(target, "paraphe.css"), css.code);

await esbuild.build({
  entryPoints: [join(here, "js/paraphe.js"), join(here, "js/desk.js"), join(here, "js/boxes.js")],
  outdir: target,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
});
for (const [name, source] of Object.entries(FONTS)) {
  cpSync(join(here, "node_modules", source), join(target, "fonts", name));
}
cpSync(join(here, "static"), target, { recursive: true });

function files(folder) {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (name === "node_modules") return [];
      return statSync(path).isDirectory() ? files(path) : [path];
    });
}
const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const listed = (folder) =>
  Object.fromEntries(files(folder).map((path) => [relative(folder, path).replaceAll("\\", "/"), digest(path)]));
const manifest = { sources: listed(here), built: listed(target) };
writeFileSync(join(target, "../../build.json"), `${JSON.stringify(manifest, null, 1)}\n`);
console.log(`Built into ${pathToFileURL(target).pathname}`);
