// Who is signed in, and which servers they may manage.
import { api, ask, type Schemas } from "$lib/api/client";
import { Problem } from "$lib/api/problem";

class Session {
  me = $state.raw<Schemas["Me"]>();
  instance = $state.raw<Schemas["Instance"]>();
  // state: signed out is not a failure; failed is.
  state = $state<"asking" | "in" | "out" | "failed">("asking");
  failure = $state.raw<unknown>();

  async load(): Promise<void> {
    this.state = "asking";
    try {
      this.instance = await ask(api.GET("/api/v1/instance"));
      this.me = this.instance.signed_in ? await ask(api.GET("/api/v1/me")) : undefined;
      this.state = this.me ? "in" : "out";
    } catch (error) {
      this.failure = error;
      this.state = error instanceof Problem && error.status === 401 ? "out" : "failed";
    }
  }

  // signIn leaves for Discord and comes back to where one is.
  signIn(): void {
    location.assign(`${this.instance?.sign_in_url ?? "/auth/sign-in"}?return=${encodeURIComponent(location.pathname + location.search)}`);
  }

  async signOut(everywhere = false): Promise<void> {
    await ask(everywhere ? api.POST("/auth/sign-out-everywhere") : api.POST("/auth/sign-out"));
    this.me = undefined;
    this.state = "out";
  }
}

export const session = new Session();
