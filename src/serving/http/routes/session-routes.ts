import type { ApiKeys } from "../api-keys.js";
import type { Handlers } from "../define-routes.js";
import { sessionCookie } from "../session-cookie.js";

/** Keys of pages in a browser. */
export function sessionRoutes({ keys }: { keys: ApiKeys | undefined }): Handlers<"signIn" | "signOut"> {
  return {
    async signIn({ body: { key } }, { request, reply }) {
      if (keys === undefined) return { signedIn: false };
      const session = keys.session(keys.find(key));
      reply.header("set-cookie", sessionCookie(session, { secure: request.protocol === "https" }));
      return { signedIn: true };
    },
    async signOut(_, { request, reply }) {
      reply.header("set-cookie", sessionCookie(null, { secure: request.protocol === "https" }));
      return { signedIn: false };
    },
  };
}
