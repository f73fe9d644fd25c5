import type { PlotOptions } from "@observablehq/plot";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { Skeleton } from "./states.js";

type PlotModule = typeof import("./plot-parts.js");

export interface ChartProps {
  /** What a screen reader says of it: what it shows, in a sentence. */
  label: string;
  height: number;
  /** Draws for a width in CSS pixels. Keep it the same function while its data is the same. */
  draw(plot: PlotModule, width: number): PlotOptions;
}

/** A plot in the width that it has, drawn anew when that changes. The library is loaded with the first one. */
export function Chart({ label, height, draw }: ChartProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [plot, setPlot] = useState<PlotModule | null>(null);
  useEffect(() => {
    let here = true;
    void import("./plot-parts.js").then((module) => {
      if (here) setPlot(module);
    });
    return () => {
      here = false;
    };
  }, []);
  useEffect(() => {
    const node = place.current;
    if (node === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const node = place.current;
    if (node === null || plot === null || width === 0) return;
    const drawn = plot.plot({ width, height, className: "plot", ...draw(plot, width) });
    // The page gives it its style: the content security policy allows none inside.
    for (const style of drawn.querySelectorAll("style")) style.remove();
    const svg = drawn instanceof SVGElement ? drawn : drawn.querySelector("svg");
    svg?.setAttribute("role", "img");
    svg?.setAttribute("aria-label", label);
    for (const part of svg?.querySelectorAll("[aria-label]") ?? []) part.removeAttribute("aria-label");
    node.replaceChildren(drawn);
  }, [plot, width, height, draw, label]);
  return (
    <div className="chart" ref={place} style={{ minHeight: height }}>
      {plot === null && <Skeleton height={`${height}px`} />}
    </div>
  );
}
