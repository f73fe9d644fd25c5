import { useId } from "react";
import { Button, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import type { Condition, Filters } from "../../../src/api/contract.js";
import { useActions } from "../address/address-context.js";
import { Icon } from "../parts/icon.js";
import { useModel } from "../server/model-context.js";

/** Values of a category beyond which a list to choose from helps nobody. */
const MOST = 200;

/** Conditions on what items are made of: one value of a category, a range of a number. */
export function FilterFields({ filters }: { filters: Filters }) {
  const { amend } = useActions();
  const { modalities } = useModel();
  const ids = useId();
  const set = (name: string, condition: Condition | undefined): void => {
    const { [name]: _, ...rest } = filters;
    amend({ filters: condition === undefined ? rest : { ...rest, [name]: condition } });
  };
  const fields = modalities.filter(
    ({ kind, values = [] }) => kind === "number" || (kind === "category" && values.length > 0 && values.length <= MOST),
  );
  if (fields.length === 0) return null;
  const active = Object.keys(filters).length;
  return (
    <Disclosure className="filters" defaultExpanded={active > 0}>
      <Heading level={3} className="filters-head">
        <Button slot="trigger" className="button">
          Filters{active > 0 && ` (${active})`}
          <Icon name="down" />
        </Button>
      </Heading>
      <DisclosurePanel className="filters-panel">
        {fields.map(({ name, kind, values = [] }) =>
          kind === "category" ? (
            <div className="field" key={name}>
              <label htmlFor={`${ids}-${name}`}>{name}</label>
              <select
                id={`${ids}-${name}`}
                value={textOf(filters[name])}
                onChange={({ target }) => set(name, target.value === "" ? undefined : target.value)}
              >
                <option value="">any</option>
                {values.map((value) => (
                  <option key={value} value={value}>
                    {value}
                  </option>
                ))}
              </select>
            </div>
          ) : (
            <RangeField key={name} name={name} filters={filters} set={set} />
          ),
        )}
      </DisclosurePanel>
    </Disclosure>
  );
}

interface RangeFieldProps {
  name: string;
  filters: Filters;
  set(name: string, condition: Condition | undefined): void;
}

function RangeField({ name, filters, set }: RangeFieldProps) {
  const range = rangeOf(filters[name]);
  const change = (end: "min" | "max", text: string): void => {
    const { [end]: _, ...rest } = range;
    const value = text === "" ? undefined : Number(text);
    const next = value === undefined || !Number.isFinite(value) ? rest : { ...rest, [end]: value };
    set(name, Object.keys(next).length === 0 ? undefined : next);
  };
  return (
    <fieldset className="field range">
      <legend className="label">{name}</legend>
      {(["min", "max"] as const).map((end) => (
        <input
          key={end}
          type="number"
          step="any"
          aria-label={`${name}, ${end === "min" ? "at least" : "at most"}`}
          placeholder={end === "min" ? "from" : "to"}
          value={range[end] ?? ""}
          onChange={({ target }) => change(end, target.value)}
        />
      ))}
    </fieldset>
  );
}

function textOf(condition: Condition | undefined): string {
  return typeof condition === "string" || typeof condition === "number" ? String(condition) : "";
}

function rangeOf(condition: Condition | undefined): { min?: number; max?: number } {
  if (typeof condition !== "object" || condition === null || Array.isArray(condition) || "not" in condition) return {};
  return condition as { min?: number; max?: number };
}
