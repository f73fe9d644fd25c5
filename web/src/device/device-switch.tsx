import { Switch } from "react-aria-components";
import { useApp } from "../address/address-context.js";
import { Icon } from "../parts/icon.js";

/** Whether the model runs in this browser: the history then stays here. */
export function DeviceSwitch() {
  const { address, amend } = useApp();
  return (
    <Switch
      className="switch"
      aria-label="Run the model in this browser"
      isSelected={address.onDevice}
      onChange={(onDevice) => amend({ onDevice })}
    >
      <span className="track" aria-hidden="true" />
      <span className="words">In this browser</span>
      <Icon name="device" />
    </Switch>
  );
}
