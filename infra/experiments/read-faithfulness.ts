import type { Faithfulness, FaithfulnessSummary } from "@lemons/shared/contract/faithfulness";
import { percent } from "./percent.ts";

type Kind = Pick<FaithfulnessSummary, "model" | "type" | "separator" | "method">;

/** Puts the numbers into words, a sentence or two each, failures of the method included. */
export function readFaithfulness({ summary, detection }: Faithfulness): string[] {
  const find = (kind: Kind) =>
    summary.find((each) =>
      (Object.keys(kind) as (keyof Kind)[]).every((key) => each[key] === kind[key]),
    );
  const row = (
    type: Kind["type"],
    separator: Kind["separator"],
    method: Kind["method"] = "lime",
    model: Kind["model"] = "planted",
  ) => find({ model, type, separator, method });
  const said = (each: FaithfulnessSummary | undefined) =>
    each?.interval
      ? `${percent(each.accuracy)} (95 % interval ${percent(each.interval.low)} to ${percent(each.interval.high)})`
      : percent(each?.accuracy);
  const verified = detection.reduce((sum, each) => sum + each.verified, 0);
  const tracks = detection.reduce((sum, each) => sum + each.tracks, 0);
  const [source, fine, time] = [
    row("source", "stems"),
    row("time+source", "stems"),
    row("time", null),
  ];
  const [sourceDsp, fineDsp] = [row("source", "dsp"), row("time+source", "dsp")];
  const shapley = (type: Kind["type"], separator: Kind["separator"]) =>
    percent(row(type, separator, "shapley")?.accuracy);
  const random = (type: Kind["type"], separator: Kind["separator"]) =>
    row(type, separator, "lime", "random-network");
  return [
    `The plants took in part: of ${tracks} pairs of held-out track and source, intervention confirms ${verified}. ${detection
      .map(
        ({ source, auc, verified, tracks }) =>
          `${source}: AUC ${auc?.toFixed(2) ?? "–"}, ${verified} of ${tracks}`,
      )
      .join(
        "; ",
      )}. Only confirmed cases are counted below, since only there it is certain what the right answer is.`,
    `With true stems, the component of highest LIME weight is the planted source in ${said(source)} of the cases by source, and the planted source in a segment where it sounds in ${said(fine)} by time x source; chance is ${percent(source?.chance)} and ${percent(fine?.chance)}. By time, where the source was left in one segment alone, it is that segment in ${said(time)}. The counts are small (${source?.cases ?? 0} cases, ${time?.cases ?? 0} by time; an interval at 100 % is no proof), and by source with true stems a high share is to be expected: a case is verified by interventions that the fit itself rests on. Over all cases, verified or not, it is ${percent(source?.allAccuracy)} by source and ${percent(fine?.allAccuracy)} by time x source.`,
    `With the dsp separator it is ${said(sourceDsp)} by source and ${said(fineDsp)} by time x source. Models and tracks are the same, so what is lost is lost in separation: a source that leaks into others takes its weight along. An explanation by dsp names what the separator calls a source.`,
    `Shapley values point right in ${shapley("source", "stems")} and ${shapley("time+source", "stems")} of the cases with true stems, ${shapley("source", "dsp")} and ${shapley("time+source", "dsp")} with dsp, ${shapley("time", null)} by time.`,
    `With all weights random, explanations of the same tracks point at the source in ${percent(random("source", "stems")?.accuracy)} (true stems, by source; chance ${percent(source?.chance)}) and ${percent(random("time+source", "stems")?.accuracy)} (by time x source; chance ${percent(fine?.chance)}), and their weights correlate with the planted listener's by ${random("source", "stems")?.correlation?.toFixed(2) ?? "–"} and ${random("time+source", "stems")?.correlation?.toFixed(2) ?? "–"}. That is near chance: explanations follow the model, not the sound alone.`,
  ];
}
