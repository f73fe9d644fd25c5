import type * as PlotLibrary from "@observablehq/plot";
import { escapeHtml } from "../../modality/escape-html.js";

export type Plot = typeof PlotLibrary;

export interface PlotText {
  /** What a screen reader says first. */
  label: string;
  /** What the picture shows, in a sentence or two. */
  description: string;
  /** Class of the SVG. */
  className?: string;
}

/** Draws plots as static SVG texts. */
export interface Draftsman {
  plot: Plot;
  draw(options: PlotLibrary.PlotOptions, text: PlotText): string;
}

/**
 * Opens the plotting library on a document without a browser; both are loaded here, by no other command.
 *
 * What it draws has no style of its own (the page gives it one), no script, and a name for those who cannot see it.
 */
export async function openDraftsman(): Promise<Draftsman> {
  const [plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  return {
    plot,
    draw(options, { label, description, className }) {
      const svg = plot.plot({ ...options, document });
      for (const style of svg.querySelectorAll("style")) style.remove();
      for (const part of svg.querySelectorAll("[aria-label], [aria-hidden]")) {
        part.removeAttribute("aria-label"); // the whole is one image, with one name
        part.removeAttribute("aria-hidden");
      }
      const [width, height] = [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
      const inner: string = svg.innerHTML;
      return (
        `<svg class="plot${className === undefined ? "" : ` ${className}`}" role="img" aria-label="${escapeHtml(label)}"` +
        ` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" fill="currentColor" text-anchor="middle">` +
        `<desc>${escapeHtml(description)}</desc>${rounded(inner)}</svg>`
      );
    },
  };
}

/** Coordinates to a tenth of a pixel, and no blank before the end of a tag: less than a third of the bytes. */
function rounded(svg: string): string {
  return svg.replace(/(<[^>]*>)/g, (tag) =>
    tag
      .replace(/ (?:d|transform|c?[xy][12]?)="[^"]*"/g, (place) =>
        place.replace(/-?\d+\.\d{2,}(?!\d|em)/g, (number) => String(Number(Number(number).toFixed(1)))),
      )
      .replace(/ \/>$/, "/>"),
  );
}
