// Build and test settings. The page is built into the Python package, with relative addresses,
// so that it works below any path a reverse proxy gives it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SERVER = "http://127.0.0.1:8080";
const ROUTES = [
  "/profile",
  "/heatmap",
  "/flamegraph",
  "/differential",
  "/elided",
  "/filter",
  "/format",
  "/import",
  "/openapi.json",
  "/docs",
];

// /docs/ is drawn by Swagger UI from files of its own: the page's bundle knows nothing of it.
const SWAGGER_UI = ["swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css", "LICENSE", "NOTICE"];

function swaggerUi(): Plugin {
  const { resolve } = createRequire(import.meta.url);
  return {
    name: "swagger-ui",
    generateBundle() {
      for (const file of SWAGGER_UI) {
        const source = readFileSync(resolve(`swagger-ui-dist/${file}`));
        this.emitFile({ type: "asset", fileName: `docs/${file}`, source });
      }
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), swaggerUi()],
  build: {
    outDir: "../flamescope_py/static",
    emptyOutDir: true,
    // An asset inlined as a data: address would need a looser content security policy.
    assetsInlineLimit: 0,
    // kB. The file of the first page is larger than the 500 that bring a warning.
    chunkSizeWarningLimit: 600,
    // Bundle each page's modules into one file, without those of the page before. By default, modules that
    // pages share become some twenty small files, and each is a request.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "main", test: /[\\/]src[\\/]main\.tsx$/ },
            { name: "explorer", test: /[\\/]ExplorerView\.tsx$/ },
            // The explorer loads these once it is drawn.
            { name: "panels", test: /[\\/](?:FrameMenu|FunctionTable|Sandwich|TimelineView)\.tsx$/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(ROUTES.map((route) => [route, SERVER])),
  },
  test: {
    // Tests of views ask for jsdom in their first line; the others start faster without.
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testSetup.ts"],
    // Modules are loaded once a process: no test may leave a change in one, or in the page, behind.
    isolate: false,
    // Pages in jsdom take seconds where the machine has other work.
    testTimeout: 120_000,
  },
});
