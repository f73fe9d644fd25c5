import { useId } from "react";
import { FieldError, Input, Label, TextArea, TextField } from "react-aria-components";
import type { ItemField } from "../../../src/api/training-contract.js";

interface RecordFieldProps {
  field: ItemField;
  /** Values that the model knows, to choose from. */
  known: readonly string[];
  value: string;
  onChange(value: string): void;
}

const HINTS = { text: "", number: "a number", list: "several, with commas between", other: "" } as const;

/** One field of an item's record. */
export function RecordField({ field, known, value, onChange }: RecordFieldProps) {
  const { name, role, type } = field;
  const list = useId();
  const isLong = role === "text";
  return (
    <TextField
      className={isLong ? "field wide" : "field"}
      name={name}
      value={value}
      onChange={onChange}
      isRequired={role === "id" || role === "title"}
      {...(type === "number" && { type: "text", inputMode: "decimal" as const, pattern: "-?[0-9]*\\.?[0-9]+" })}
    >
      <Label>
        {name}
        {HINTS[type] !== "" && <span className="quiet">, {HINTS[type]}</span>}
      </Label>
      {isLong ? <TextArea rows={3} /> : <Input {...(known.length > 0 && { list })} />}
      {known.length > 0 && (
        <datalist id={list}>
          {known.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      <FieldError className="small against" />
    </TextField>
  );
}
