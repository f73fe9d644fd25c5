/**
 * Tells ONNX Runtime, which is about to be loaded, not to report its use: from version 1.30 on its libraries for Linux and macOS send
 * events to their maker, and keep a number for the machine in the home folder, unless this variable of the environment is set. A value that is there already
 * stays. It has to be set in the main thread: the environment of a worker thread is a copy, which no library sees.
 */
export function withoutTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
}
