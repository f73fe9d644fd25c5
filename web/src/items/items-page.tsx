import "./items.css";
import { useApp } from "../address/address-context.js";
import { ItemPicker } from "../parts/item-picker.js";
import { AddItem } from "./add-item.js";
import { ItemView } from "./item-view.js";

/** One item with what is near to it; without one, where to find it or add another. */
export default function ItemsPage() {
  const { address, go } = useApp();
  const { item } = address;
  return (
    <>
      <header>
        <h1>Items</h1>
        <p>What an item is near to, and where one lands that nobody has seen yet.</p>
      </header>
      <div className="find-bar">
        <ItemPicker label={item === null ? "Show an item" : "Show another item"} onPick={(id) => go({ item: id })} />
      </div>
      {item === null ? <AddItem /> : <ItemView key={item} id={item} />}
    </>
  );
}
