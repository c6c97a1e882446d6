/**
 * A Discord message as Svelte components. Shared by every page that shows one: the sandbox's client, the
 * dashboard's preview, the transcript viewer. It fetches nothing and keeps no state of its own: names come
 * from the scene's directory, presses leave as the scene's events, and all outside text stays text.
 */
export { default as Avatar } from "./Avatar.svelte";
export { default as ComponentList } from "./ComponentList.svelte";
export { default as EmbedView } from "./EmbedView.svelte";
export { default as EmojiView } from "./EmojiView.svelte";
export { default as Markdown } from "./Markdown.svelte";
export { default as MessageView } from "./MessageView.svelte";
export { default as ModalForm } from "./ModalForm.svelte";
export { default as Picker } from "./Picker.svelte";
export { default as PickerLine } from "./PickerLine.svelte";
export { default as Stage } from "./Stage.svelte";
export { default as Unknown } from "./Unknown.svelte";
export * from "./kind.ts";
export * from "./look.ts";
export { isJumbo, type Node, parseMarkdown, plainText, safeHref } from "./markdown.ts";
export { type Field, type FieldValue, fieldsOf, type Modal, modalFaults, startValues } from "./modal.ts";
export { moveIndex, togglePick } from "./picking.ts";
export { type ChannelEntry, type ComponentState, type Directory, emptyDirectory, getScene, mediaUrl, type MessageEvents, messageOf, type PersonEntry, type RoleEntry, type Scene } from "./scene.ts";
export * from "./time.ts";
export * from "./types.ts";
