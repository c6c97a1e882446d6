import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { fakeSandbox } from "./dev/fake.ts";

// SANDBOX is the address of a running sandbox to develop against; without it a small fake answers.
const sandbox = process.env.SANDBOX;
const proxied = ["/_sandbox", "/attachments", "/avatars", "/icons", "/emojis", "/cdn"];

export default defineConfig({
  base: "./",
  plugins: [svelte({ compilerOptions: { runes: true } }), ...(sandbox ? [] : [fakeSandbox()])],
  build: { outDir: "build", emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { host: "127.0.0.1", proxy: sandbox ? Object.fromEntries(proxied.map((path) => [path, sandbox])) : {} },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
