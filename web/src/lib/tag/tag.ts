// A tag as it is written, and the queries that it needs.
import { api, ask, type Schemas } from "$lib/api/client";
import type { MessageTemplate } from "$lib/message/template";

export type TagForm = { name: string; everyone: boolean; message: MessageTemplate };

export const nameLimit = 32;

export const blankTag = (): TagForm => ({ name: "", everyone: false, message: { content: "" } });

export const tagFormOf = (tag: Schemas["Tag"]): TagForm => ({ name: tag.name, everyone: tag.everyone ?? false, message: { content: "", ...tag.message } });

export const tagDraftOf = (form: TagForm): Schemas["TagDraft"] => ({ name: form.name, everyone: form.everyone, message: form.message });

export const tagsOf = (guild: string) => ({ queryKey: ["tags", guild], queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/tags", { params: { path: { guild } } })) });

export const formsOf = (guild: string) => ({ queryKey: ["forms", guild], queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/forms", { params: { path: { guild } } })) });
