// Lint rules, and the arrows between the folders of src/: a folder may import only those that the
// table names. The table is the one of README.md; change both together.
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const MAY_IMPORT = {
  types: [],
  lib: ["types"],
  model: ["types", "lib"],
  canvas: ["types", "lib", "model"],
  api: ["types", "lib"],
  state: ["types", "lib", "api"],
  views: ["types", "lib", "model", "canvas", "api", "state"],
  report: ["types", "lib", "model", "canvas", "state", "views"],
};
const FOLDERS = Object.keys(MAY_IMPORT);
const PURE = ["types", "lib", "model"];
const UI_PACKAGES = ["react", "react-dom", "react-router", "@mantine/*", "@tanstack/*"];

function arrowsOf(folder) {
  const forbidden = FOLDERS.filter((other) => other !== folder && !MAY_IMPORT[folder].includes(other));
  const patterns = [];
  if (forbidden.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(${forbidden.join("|")})/`,
      message: `${folder}/ may import only: ${MAY_IMPORT[folder].join(", ") || "nothing of ours"}.`,
    });
  }
  if (PURE.includes(folder)) {
    patterns.push({ group: UI_PACKAGES, message: `${folder}/ is pure: no React, no user interface.` });
  }
  const rules = { "no-restricted-imports": ["error", { patterns }] };
  if (PURE.includes(folder)) {
    rules["no-restricted-globals"] = ["error", "window", "document", "localStorage", "fetch", "navigator"];
  }
  return { files: [`src/${folder}/**/*.{ts,tsx}`], ignores: ["**/*.test.*"], rules };
}

export default tseslint.config(
  { ignores: ["node_modules", "coverage", "src/types/api.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      // Indices into typed arrays are in range by construction; a check per read would cost more than it finds.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "Names come from profiles and are hostile: text, never HTML.",
        },
        { selector: "AssignmentExpression > MemberExpression[property.name='innerHTML']", message: "Text, never HTML." },
      ],
      "max-lines": ["error", 400],
    },
  },
  { files: ["**/*.test.{ts,tsx}"], rules: { "@typescript-eslint/no-floating-promises": "off" } },
  ...FOLDERS.map(arrowsOf),
);
