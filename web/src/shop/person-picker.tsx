import { memo, useEffect, useState } from "react";
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { useActions } from "../address/address-context.js";
import { NOBODY } from "../address/steps.js";
import { count } from "../parts/format.js";
import { Icon } from "../parts/icon.js";
import { Problem } from "../parts/states.js";
import { useModel } from "../server/model-context.js";
import { server } from "../server/server.js";
import { stepsOf } from "../server/steps-of.js";
import { useAnswer } from "../server/use-answer.js";

/** Takes the history of somebody whom the server knows, or starts anew. */
export const PersonPicker = memo(function PersonPicker({ user, empty }: { user: string | null; empty: boolean }) {
  const { change } = useActions();
  const { users, historyLength } = useModel();
  const [text, setText] = useState(user ?? "");
  // Undo and links change who it is, too.
  useEffect(() => setText(user ?? ""), [user]);
  const [problem, setProblem] = useState<Error | null>(null);
  const search = text === user ? "" : text;
  const found = useAnswer(`people ${search}`, (signal) => server.users({ search, limit: 20 }, signal));
  const people = (found.value ?? []).map((id) => ({ id }));

  const take = async (id: string): Promise<void> => {
    setText(id);
    setProblem(null);
    try {
      const known = await server.history(id);
      if (known === null)
        setProblem(
          new Error(`Nothing is stored of ${id}. \`mmdin load-events\` puts the log into the server's store.`),
        );
      change({ user: id, steps: stepsOf(known).slice(-historyLength) });
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const clear = (): void => {
    setText("");
    change(NOBODY);
  };
  return (
    <div className="person">
      <ComboBox
        aria-label="Take the history of a person"
        items={people}
        inputValue={text}
        onInputChange={setText}
        onChange={(key) => {
          if (key !== null) void take(String(key));
        }}
        defaultFilter={() => true}
        allowsEmptyCollection
        menuTrigger="focus"
      >
        <Label className="hidden">Take the history of a person</Label>
        <div className="combo">
          <Input className="input" placeholder={`one of ${count(users)} people`} />
          <Button className="button icon-only">
            <Icon name="down" />
          </Button>
        </div>
        <Popover className="popover">
          <ListBox className="options" renderEmptyState={() => <p className="options-empty">Nobody of that name.</p>}>
            {({ id }: { id: string }) => (
              <ListBoxItem id={id} textValue={id} className="option">
                {id}
              </ListBoxItem>
            )}
          </ListBox>
        </Popover>
      </ComboBox>
      <Button className="button" onPress={clear} isDisabled={user === null && empty}>
        Start anew
      </Button>
      {problem !== null && <Problem error={problem} title="The history is not there" />}
    </div>
  );
});
