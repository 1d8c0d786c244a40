import {
  DEFAULT_EFFECTIVE_SAMPLES,
  DEFAULT_KERNEL_WIDTH,
  DEFAULT_SAMPLES,
  DEFAULT_SEGMENTS,
} from "@lemons/shared/contract/explanation-request";
import { DEFAULT_SEPARATOR, SeparatorName } from "@lemons/shared/contract/separator";
import { LISTENER_OPTION } from "./listener-option.ts";

/** The options of `lemons explain`. */
export const explainOptions = {
  model: { value: "M", help: "model package (a folder), or an .onnx file" },
  listener: LISTENER_OPTION,
  audio: { value: "F", help: "the track: wav, mp3, ogg, opus, flac, m4a" },
  type: { value: "TYPE", help: "what the track is cut into: time, source or time+source" },
  stems: { value: "DIR", help: "own stems, files named by source: drums.wav" },
  separator: {
    value: "S",
    help: `${SeparatorName.options.join(" or ")}; default ${DEFAULT_SEPARATOR}, or stems with --stems`,
  },
  exhaustive: { help: "count every mask, the default wherever the model allows it" },
  "effective-samples": {
    value: "N",
    help: `weigh every mask as N drawn ones would, 2 to 8192; default ${DEFAULT_EFFECTIVE_SAMPLES}`,
  },
  samples: {
    value: "N",
    help: `draw masks instead, 2 to 8192; default ${DEFAULT_SAMPLES.time}, for time+source ${DEFAULT_SAMPLES["time+source"]}`,
  },
  seed: { value: "K", help: "seed of the masks drawn, as NumPy's; default 0" },
  masks: {
    value: "FILE",
    help: "fit on exactly these masks: JSON array of arrays of 0 and 1, the first all ones; with --exhaustive, tell their relevance besides",
  },
  segments: { value: "N", help: `equal parts in time, 1 to 8; default ${DEFAULT_SEGMENTS}` },
  "kernel-width": {
    value: "W",
    help: `how local the fit is, 0.01 to 10; default ${DEFAULT_KERNEL_WIDTH}`,
  },
  "feature-selection": {
    value: "HOW",
    help: "none (default), auto, highest_weights, forward_selection or lasso_path",
  },
  features: { value: "K", help: "how many components a feature selection keeps, 1 to 64" },
  "query-source": { value: "S", help: "make highlights of this source only" },
  target: { value: "WHAT", help: "relevance (default) or predicted-class" },
  threshold: {
    value: "P",
    help: "relevance that the fewest sufficient parts keep, between 0 and 1; default 0.5, or the middle between silence and the track",
  },
  out: { value: "DIR", help: "write explanation.json, table.bin, top-1.mp3, top-3.mp3 there" },
  json: { help: "print the explanation as one JSON document" },
} as const;
