import { useEffect, useState } from "react";
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import type { CatalogueItem } from "../../../src/api/contract.js";
import { rememberItems } from "../server/item-store.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { Icon } from "./icon.js";
import { Poster } from "./poster.js";

/** Finds an item by its title. */
export function ItemPicker({ label, onPick }: { label: string; onPick(id: string): void }) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const { value } = useAnswer(open ? `pick ${text}` : null, (signal) =>
    server.items({ search: text, limit: 20 }, signal),
  );
  const items = value?.items ?? [];
  useEffect(() => {
    if (value !== null) rememberItems(value.items);
  }, [value]);
  return (
    <ComboBox
      className="field picker"
      items={items}
      inputValue={text}
      value={null}
      onInputChange={setText}
      onOpenChange={setOpen}
      onChange={(key) => {
        if (key === null) return;
        setText("");
        onPick(String(key));
      }}
      onFocus={() => setOpen(true)}
      defaultFilter={() => true}
      allowsEmptyCollection
      menuTrigger="focus"
    >
      <Label>{label}</Label>
      <div className="combo">
        <Input className="input" placeholder="Type a title" />
        <Button className="button icon-only">
          <Icon name="down" />
        </Button>
      </div>
      <Popover className="popover">
        <ListBox className="options" renderEmptyState={() => <p className="options-empty">No such title.</p>}>
          {(item: CatalogueItem) => (
            <ListBoxItem id={item.id} textValue={item.title ?? item.id} className="option">
              <Poster id={item.id} title={item.title} picture={item.picture} width={28} />
              {item.title ?? item.id}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
