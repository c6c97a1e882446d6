import adapter from "@sveltejs/adapter-static";
import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** @type {import("@sveltejs/kit").Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  kit: {
    // Usher answers every address of the app with index.html.
    adapter: adapter({ pages: "build", assets: "build", fallback: "index.html", precompress: true }),
    output: { preloadStrategy: "modulepreload" },
    // A version that asks the server whether it changed; the page reloads at the next navigation.
    version: { pollInterval: 0 },
    typescript: { config: (config) => ({ ...config, include: [...config.include, "../*.config.ts"] }) },
  },
};
