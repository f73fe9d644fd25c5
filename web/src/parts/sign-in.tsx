import { type FormEvent, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { problemText } from "../server/problem-text.js";
import { server } from "../server/server.js";

/** Asks for the key of a server that wants one. The server keeps it in a cookie that no script reads; the page forgets it. */
export function SignIn({ done }: { done(): void }) {
  const [key, setKey] = useState("");
  const [waits, setWaits] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (waits) return;
    setWaits(true);
    try {
      await server.signIn(key.trim());
      done();
    } catch (error) {
      setRefused(problemText(error as Error).problem);
    } finally {
      setWaits(false);
    }
  };
  return (
    <Form className="state sign-in" onSubmit={send} validationBehavior="aria">
      <h1>This server asks for a key</h1>
      <p>
        It is a line of the file that <code>mmdin serve</code> was given with <code>--api-key-file</code>. Whoever runs
        the server has it.
      </p>
      <TextField
        className="field"
        type="password"
        name="key"
        value={key}
        onChange={(text) => {
          setKey(text);
          setRefused(null);
        }}
        isRequired
        isInvalid={refused !== null}
        autoComplete="current-password"
        autoFocus
      >
        <Label>Key</Label>
        <Input />
        <FieldError className="small against">{refused}</FieldError>
      </TextField>
      <Button className="button main" type="submit" isDisabled={key.trim() === ""} isPending={waits}>
        Sign in
      </Button>
    </Form>
  );
}
