export default function DevicePage() {
  return <h1>device</h1>;
}
