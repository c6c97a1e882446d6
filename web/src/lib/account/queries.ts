// What is read of one's own account.
import { api, ask } from "$lib/api/client";

export const sessionsOfMine = { queryKey: ["sessions"], queryFn: () => ask(api.GET("/api/v1/me/sessions")) };
export const keysOfMine = { queryKey: ["keys"], queryFn: () => ask(api.GET("/api/v1/me/keys")) };
