import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./style/controls.css";
import "./style/states.css";
import "./style/poster.css";
import "./style/chart.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.js";
import { applyTheme, keptTheme } from "./parts/theme.js";

applyTheme(keptTheme());
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no place for the app");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
