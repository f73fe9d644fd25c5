import { createHash } from "node:crypto";
import type { NewItem } from "../../../api/contract.js";
import type { Handlers } from "../define-routes.js";
import { HttpProblem } from "../http-problem.js";
import type { Served } from "../served.js";

/** The catalogue: search, one item, its picture, its neighbours, and putting one. */
export function itemRoutes({
  served,
}: {
  served: Served;
}): Handlers<"items" | "item" | "putItem" | "picture" | "neighbours"> {
  return {
    items: ({ query }) => served.ranker.items(query),
    async item({ params: { id } }) {
      const found = await served.ranker.item(id);
      if (found === null) throw noItem(id);
      return found;
    },
    async putItem({ params: { id }, body: { record, pictures } }, { reply }) {
      const summary = await served.ranker.putItem({ id, record, ...(pictures && { pictures: bytesOf(pictures) }) });
      reply.code(summary.created ? 201 : 200);
      return summary;
    },
    async picture({ params: { id }, query: { width } }, { request, reply }) {
      const { ranker } = served;
      const found = await ranker.picture(id, width === undefined ? {} : { width });
      if (found === null) {
        if ((await ranker.item(id)) === null) throw noItem(id);
        throw new HttpProblem("NOT_FOUND", `The item ${JSON.stringify(id)} has no picture`);
      }
      const tag = `"${createHash("sha1").update(found.bytes).digest("base64url")}"`;
      reply.headers({ "cache-control": "private, max-age=300", etag: tag });
      if (request.headers["if-none-match"] === tag) return reply.code(304).send();
      return reply
        .type(found.type)
        .send(Buffer.from(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength));
    },
    async neighbours({ params: { id }, query: { modality, k } }) {
      const { ranker } = served;
      if ((await ranker.item(id)) === null) throw noItem(id);
      return { neighbours: await ranker.neighbours(id, k === undefined ? { modality } : { modality, k }) };
    },
  };
}

function noItem(id: string): HttpProblem {
  return new HttpProblem("NOT_FOUND", `There is no item ${JSON.stringify(id)}`);
}

function bytesOf(pictures: Readonly<Record<string, string>>): NonNullable<NewItem["pictures"]> {
  return Object.fromEntries(Object.entries(pictures).map(([field, base64]) => [field, Buffer.from(base64, "base64")]));
}
