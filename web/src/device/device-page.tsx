import "./device.css";
import { useApp } from "../address/address-context.js";
import { duration } from "../parts/format.js";
import { Problem, Waiting } from "../parts/states.js";
import { useModel } from "../server/model-context.js";
import { useAnswer } from "../server/use-answer.js";
import { AgreementCheck } from "./agreement-check.js";
import { deviceModel } from "./device-model.js";
import { DeviceSwitch } from "./device-switch.js";
import { OwnComparison } from "./own-comparison.js";

/** The model in this browser: what it means, and that it answers as the server does. */
export default function DevicePage() {
  const { address } = useApp();
  const { onDevice } = address;
  const model = useModel();
  const device = useAnswer(onDevice ? `device ${model.run} ${model.created}` : null, () => deviceModel(model));
  const { value, error, again, slow } = device;
  return (
    <>
      <header>
        <h1>In this browser</h1>
        <p>A history need not leave the phone: the same model file, run here.</p>
      </header>
      <div className="device">
        <section aria-label="The switch">
          <DeviceSwitch />
          <p>
            With the switch on, the server is asked for the exported model and the catalogue, which are the same for
            everybody. Your history stays in this page, and the shop window ranks every item here.
          </p>
          <p role="status" className="quiet">
            {!onDevice && "It is off: nothing has been loaded."}
            {onDevice && error === null && value === null && !slow && "Loading the model."}
            {onDevice && error === null && value === null && slow && (
              <Waiting slow>the first time, the server has to export the model, which can take a minute</Waiting>
            )}
            {onDevice &&
              value !== null &&
              `The model is here: ${(value.loaded.bytes / 1e6).toFixed(1)} MB, ready after ${duration(value.loaded.milliseconds / 1000)}.`}
          </p>
          {error !== null && <Problem error={error} again={again} title="The model is not here" />}
        </section>
        {onDevice && value !== null && (
          <>
            <AgreementCheck />
            <OwnComparison />
          </>
        )}
      </div>
    </>
  );
}
