// The viewer of exported reports: one script that runs as it is, and one style, beside the page's bundle. The server puts
// both into each file (flamescope_py/export/page.py), so their names do not change.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  publicDir: false,
  build: {
    outDir: "../flamescope_py/static/report",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    lib: { entry: "src/report/main.tsx", formats: ["iife"], name: "report", fileName: () => "report.js", cssFileName: "report" },
  },
});
