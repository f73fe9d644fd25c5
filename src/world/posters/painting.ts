import type { RandomStream } from "../../random.js";
import type { Canvas } from "./canvas.js";
import type { Palette } from "./palette.js";
import type { Scene } from "./scene.js";

/** What is painted, and how the style bends it. */
export interface Painting {
  canvas: Canvas;
  palette: Palette;
  scene: Scene;
  /** 0 round to 1 pointed. */
  angular: number;
  /** Pixels down per pixel to the right. */
  tilt: number;
  random: RandomStream;
}
