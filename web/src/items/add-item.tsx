import { type FormEvent, useState } from "react";
import { Button, Form } from "react-aria-components";
import type { ItemField } from "../../../src/api/training-contract.js";
import { useApp } from "../address/address-context.js";
import { Problem, Skeleton } from "../parts/states.js";
import { rememberItems } from "../server/item-store.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { PictureField } from "./picture-field.js";
import { RecordField } from "./record-field.js";

/** A form with the fields that the dataset reads of an item: filled in, the item is encoded, stored and ranked at once. */
export function AddItem() {
  const { go } = useApp();
  const { run, items, modalities } = useModel();
  const training = useAnswer(`training ${run}`, server.training);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [pictures, setPictures] = useState<Readonly<Record<string, File>>>({});
  const [state, setState] = useState<"writing" | "sending">("writing");
  const [problem, setProblem] = useState<Error | null>(null);
  const fields = training.value?.itemFields ?? [];
  const idField = fields.find(({ role }) => role === "id");
  const id = values[idField?.name ?? ""] ?? `new-${items.added + 1}`;

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setState("sending");
    setProblem(null);
    try {
      const { item } = await server.putItem({
        id,
        record: recordOf(fields, { values, pictures }),
        pictures: await bytesOf(pictures),
      });
      rememberItems([item]);
      go({ item: item.id });
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setState("writing");
    }
  };
  if (training.error !== null) return <Problem error={training.error} again={training.again} title="No form" />;
  if (training.value === null) return <Skeleton height="24rem" />;
  return (
    <section className="add" aria-label="Add an item">
      <h2>Add an item</h2>
      <p className="quiet">
        A picture and a sentence are enough: the model has never seen it, and ranks it by what it is made of. Nothing is
        trained.
      </p>
      <Form className="add-form" onSubmit={(event) => void send(event)}>
        {fields.map((field) =>
          field.role === "picture" ? (
            <PictureField
              key={field.name}
              field={field}
              file={pictures[field.name] ?? null}
              onChange={(file) => setPictures(withOrWithout(pictures, field.name, file))}
            />
          ) : (
            <RecordField
              key={field.name}
              field={field}
              known={modalities.find(({ name }) => name === field.name)?.values ?? []}
              value={field.role === "id" ? id : (values[field.name] ?? "")}
              onChange={(value) => setValues({ ...values, [field.name]: value })}
            />
          ),
        )}
        <div className="row">
          <Button type="submit" className="button main" isDisabled={state === "sending"}>
            {state === "sending" ? "Encoding it" : "Add it, and see where it lands"}
          </Button>
        </div>
      </Form>
      {problem !== null && <Problem error={problem} title="The item was not added" />}
    </section>
  );
}

function withOrWithout<T>(record: Readonly<Record<string, T>>, name: string, value: T | null): Record<string, T> {
  const { [name]: _, ...rest } = record;
  return value === null ? rest : { ...rest, [name]: value };
}

/** What was filled in, as one line of the source of items; a picture is named as its file is. */
function recordOf(
  fields: readonly ItemField[],
  { values, pictures }: { values: Readonly<Record<string, string>>; pictures: Readonly<Record<string, File>> },
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { name, role, type } of fields) {
    if (role === "id") continue;
    if (role === "picture") {
      const file = pictures[name];
      if (file !== undefined) record[name] = file.name;
      continue;
    }
    const text = (values[name] ?? "").trim();
    if (text === "") continue;
    if (type === "number") record[name] = Number(text);
    else if (type === "list") record[name] = text.split(",").map((part) => part.trim());
    else record[name] = text;
  }
  return record;
}

async function bytesOf(pictures: Readonly<Record<string, File>>): Promise<Record<string, Uint8Array>> {
  const entries = Object.entries(pictures).map(
    async ([name, file]) => [name, new Uint8Array(await file.arrayBuffer())] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
