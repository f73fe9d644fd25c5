import type { ApiKeys } from "../api-keys.js";
import type { Call, Handlers } from "../define-routes.js";
import { sessionCookie } from "../session-cookie.js";

/** Keys of pages in a browser. */
export function sessionRoutes({ keys }: { keys: ApiKeys | undefined }): Handlers<"signIn" | "signOut"> {
  return {
    async signIn({ body: { key } }, call) {
      if (keys === undefined) return { signedIn: false };
      keep(keys.session(keys.find(key)), call);
      return { signedIn: true };
    },
    async signOut(_, call) {
      keep(null, call);
      return { signedIn: false };
    },
  };
}

function keep(session: string | null, { request, reply }: Call): void {
  reply.header("set-cookie", sessionCookie(session, { secure: request.protocol === "https" }));
}
