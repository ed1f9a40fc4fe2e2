// Build and test settings. The page is built into the Python package, with relative addresses,
// so that it works below any path a reverse proxy gives it.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const SERVER = "http://127.0.0.1:8080";
const ROUTES = [
  "/profile",
  "/heatmap",
  "/flamegraph",
  "/differential",
  "/elided",
  "/filter",
  "/import",
  "/openapi.json",
  "/docs",
];

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../flamescope_py/static",
    emptyOutDir: true,
    // An asset inlined as a data: address would need a looser content security policy.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: Object.fromEntries(ROUTES.map((route) => [route, SERVER])),
  },
  test: {
    // Tests of views ask for jsdom in their first line; the others start faster without.
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testSetup.ts"],
    // Pages in jsdom take seconds where the machine has other work.
    testTimeout: 120_000,
  },
});
