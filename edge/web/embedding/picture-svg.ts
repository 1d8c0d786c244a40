import type { Component, PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { Track } from "@lemons/shared/contract/track";
import { wedgePath } from "@lemons/shared/display/citrus";
import { RELEVANCE_STEPS, relevanceStep } from "@lemons/shared/explanation/scales";
import { formatRelevance, formatTimeRange } from "../pages/format.ts";

/** Open Graph's recommended size, in pixels. */
export const PICTURE_WIDTH = 1200;
export const PICTURE_HEIGHT = 630;

const GRID = { left: 176, top: 250, right: 1144, bottom: 520, gap: 6 };
/** The player's colours of weights that help, from weak to strong. */
const FOR = ["#fdf8e1", "#fcf0b4", "#f9e788", "#f7de50", "#f5d400"];
const AGAINST = ["#f1f2fc", "#e3e5f9", "#d5d8f6", "#c6caf3", "#b9bef0"];
/** Smaller weights are shown as 0.000. */
const NEGLIGIBLE = 0.0005;
const MAX_TITLE = 38;
const MAX_LINE = 70;

const escapeXml = (text: string) =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

interface Line {
  x: number;
  y: number;
  size: number;
  weight?: 400 | 700;
  fill?: string;
  anchor?: "start" | "middle" | "end";
}

function text(content: string, { x, y, size, weight = 400, fill = "#211f18", anchor }: Line) {
  return `<text x="${x}" y="${y}" font-family="Inter" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor ?? "start"}">${escapeXml(content)}</text>`;
}

/** Draws a citrus slice with one to five filled wedges. */
function slice(relevance: number): string {
  const { level } = relevanceStep(relevance);
  const wedges = RELEVANCE_STEPS.map((_, index) => {
    const path = wedgePath({ index, count: RELEVANCE_STEPS.length, radius: 40, gap: 8 });
    const isOn = index < level;
    return `<path d="${path}" fill="${isOn ? "#f7dc30" : "none"}" stroke="${isOn ? "#8a6f00" : "#8f8a78"}" stroke-width="2"/>`;
  });
  return `<g transform="translate(1096 104)">${wedges.join("")}</g>`;
}

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

function cell({ weight }: Component, scale: number, { x, y, width, height }: Place): string {
  const box = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" rx="10"`;
  const step = Math.min(
    FOR.length - 1,
    Math.max(0, Math.round((Math.abs(weight) / scale) * FOR.length) - 1),
  );
  if (Math.abs(weight) < NEGLIGIBLE)
    return `<rect ${box} fill="#f8f5ea" stroke="#e8e2cf" stroke-width="2"/>`;
  if (weight > 0) return `<rect ${box} fill="${FOR[step]}" stroke="#a8945a" stroke-width="2"/>`;
  return `<rect ${box} fill="${AGAINST[step]}"/><rect ${box} fill="url(#hatch)" stroke="#8287bd" stroke-width="2"/>`;
}

/** Draws the parts as the player does: sources top to bottom, time left to right. */
function parts({ components }: PublishedExplanation): string {
  const sources = [...new Set(components.map(({ source }) => source))];
  const segments = [...new Set(components.map(({ segment }) => segment))];
  const scale = Math.max(...components.map(({ weight }) => Math.abs(weight))) || 1;
  const width = (GRID.right - GRID.left) / segments.length;
  const height = (GRID.bottom - GRID.top) / sources.length;
  const drawn = components.map((component) => {
    const column = segments.indexOf(component.segment);
    const row = sources.indexOf(component.source);
    return cell(component, scale, {
      x: GRID.left + column * width + GRID.gap / 2,
      y: GRID.top + row * height + GRID.gap / 2,
      width: width - GRID.gap,
      height: height - GRID.gap,
    });
  });
  const names = sources.map((source, row) =>
    text(source ?? "all", {
      x: GRID.left - 16,
      y: GRID.top + (row + 0.5) * height + 8,
      size: 24,
      anchor: "end",
    }),
  );
  const times = segments.map((segment, column) => {
    const { startSeconds, endSeconds } = components.find((each) => each.segment === segment)!;
    return text(formatTimeRange(startSeconds, endSeconds).replace("\u202f", " "), {
      x: GRID.left + (column + 0.5) * width,
      y: GRID.bottom + 34,
      size: 20,
      fill: "#625e50",
      anchor: "middle",
    });
  });
  return [...drawn, ...names, ...times].join("");
}

/**
 * Draws an explanation: title and artist, relevance, and the parts in the player's colours and
 * patterns. The same explanation gives the same picture.
 */
export function pictureSvg(explanation: PublishedExplanation, track: Track): string {
  const { relevance } = explanation;
  const { words } = relevanceStep(relevance);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE_WIDTH}" height="${PICTURE_HEIGHT}" viewBox="0 0 ${PICTURE_WIDTH} ${PICTURE_HEIGHT}">`,
    '<defs><pattern id="hatch" width="14" height="14" patternUnits="userSpaceOnUse"><path d="M-3 3l6-6M0 14l14-14M11 17l6-6" stroke="#8287bd" stroke-width="2.5"/></pattern></defs>',
    `<rect width="${PICTURE_WIDTH}" height="${PICTURE_HEIGHT}" fill="#fffdf6"/>`,
    `<rect width="${PICTURE_WIDTH}" height="12" fill="#f7dc30"/>`,
    text(shorten(track.title, MAX_TITLE), { x: 56, y: 108, size: 52, weight: 700 }),
    text(shorten(track.artist, MAX_LINE), { x: 56, y: 154, size: 28, fill: "#625e50" }),
    text("Why this recommendation? Yellow helps, hatched hurts.", {
      x: 56,
      y: 212,
      size: 26,
    }),
    slice(relevance),
    text(formatRelevance(relevance), { x: 1040, y: 102, size: 48, weight: 700, anchor: "end" }),
    text(words, { x: 1040, y: 138, size: 24, fill: "#625e50", anchor: "end" }),
    parts(explanation),
    text(shorten(`${track.licence} · changed: ${track.changes}`, 84), {
      x: 56,
      y: 600,
      size: 20,
      fill: "#625e50",
    }),
    text("LEMONS", { x: 1144, y: 600, size: 24, weight: 700, anchor: "end" }),
    "</svg>",
  ].join("");
}
