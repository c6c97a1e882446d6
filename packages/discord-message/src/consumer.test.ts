// @vitest-environment node
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

const here = fileURLToPath(new URL("..", import.meta.url));

/** A page of somebody else, with nothing but the package: an embed, buttons, a select, a message and a modal of plain data. */
const page = `
<script lang="ts">
  import "discord-message/theme.css";
  import { ComponentList, EmbedView, emptyDirectory, MessageView, messageOf, ModalForm, Stage } from "discord-message";
  const { title }: { title: string } = $props();
  const scene = { directory: emptyDirectory(), events: {} };
  const components = [{ type: 1, components: [{ type: 2, style: 1, label: "Press", custom_id: "a" }] }, { type: 1, components: [{ type: 3, custom_id: "b", options: [{ label: "One", value: "1" }] }] }];
  const modal = { title: "Form", components: [{ type: 18, label: "Why", component: { type: 4, custom_id: "why", style: 2 } }] };
</script>
<Stage {scene}>
  <EmbedView embed={{ title, description: "**live**" }} />
  <ComponentList {components} />
  <MessageView message={messageOf({ content: title, components })} />
  <ModalForm {modal} app="Usher" />
</Stage>`;

test("another workspace builds a page from the package alone", async () => {
  const folder = await mkdtemp(`${here}consumer-`);
  try {
    await writeFile(`${folder}/Page.svelte`, page);
    await writeFile(`${folder}/main.ts`, `import { mount } from "svelte";\nimport Page from "./Page.svelte";\nmount(Page, { target: document.body, props: { title: "Hello" } });\n`);
    const built = (await build({ root: folder, configFile: false, logLevel: "error", plugins: [svelte({ compilerOptions: { runes: true } })], build: { write: false, rollupOptions: { input: `${folder}/main.ts` } } })) as Rolldown.RolldownOutput;
    const files = built.output;
    const modules = files.flatMap((file) => (file.type === "chunk" ? Object.keys(file.modules) : []));
    expect(modules.some((name) => name.endsWith("discord-message/src/ModalForm.svelte"))).toBe(true);
    expect(modules.filter((name) => name.includes("/sandbox/"))).toEqual([]);
    expect(files.some((file) => file.type === "asset" && String(file.source).includes("--dm-text"))).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
