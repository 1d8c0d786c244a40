import { createHash } from "node:crypto";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type {
  FaithfulnessCase,
  FaithfulnessSettings,
  PlantModel,
} from "@lemons/shared/contract/faithfulness";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { DEFAULT_SEPARATOR, type SeparatorName } from "@lemons/shared/contract/separator";
import { viewTable } from "@lemons/shared/explanation/table-view";
import { foldTable, type ResponseTable } from "@lemons/shared/what-if/response-table";
import type { ExactEngine, TableRequest } from "../../../engine/explain/exact-engine.ts";
import { heardSound, snippetSources } from "../../../engine/explain/snippet-sources.ts";
import { InputError } from "../../../engine/input-error.ts";
import type { ModelPackage } from "../../../engine/model/model-package.ts";
import { randomFor } from "../../training-data/random.ts";
import { explainPlant, type RankedValues, respondsTo } from "./explain-plant.ts";
import { type LoadedTrack, mixWithSourceOnlyIn } from "./truth-tracks.ts";

/** Models of each kind of listener: one per source, in the order of the sources. */
export type PlantModels = Record<PlantModel, readonly ModelPackage[]>;

const KINDS = ["planted", "random-head", "random-network"] as const satisfies PlantModel[];

export interface PlantCasesInput {
  track: LoadedTrack;
  models: PlantModels;
  settings: FaithfulnessSettings;
  exact: ExactEngine;
  signal?: AbortSignal | undefined;
}

/** One explanation to ask for, for each kind of listener of one source. */
interface Question {
  type: ExplanationType;
  separator: SeparatorName | null;
  /** Index of the source. */
  source: number;
  segment: number | null;
  truth: number[];
  verified: boolean;
  tableOf: (model: ModelPackage) => Promise<ResponseTable>;
}

/**
 * Explains a track to planted listeners and to their randomised counterparts. The original track is
 * explained by source and by time x source, with true stems and with separated ones. By time, the
 * explained sound is a mix in which the source sounds in one segment only.
 *
 * @throws InputError if no response table can be built; the signal's reason if aborted
 */
export async function plantCases(input: PlantCasesInput): Promise<FaithfulnessCase[]> {
  const { track, models, settings, exact, signal } = input;
  const cases: FaithfulnessCase[] = [];
  for await (const question of questionsOf(input)) {
    const { type, separator, segment, truth, verified } = question;
    let reference: RankedValues | null = null;
    for (const kind of KINDS) {
      signal?.throwIfAborted();
      const model = models[kind][question.source]!;
      const source = track.sources[question.source]!;
      const { values, ...explanation } = await explainPlant({
        table: await question.tableOf(model),
        model,
        type,
        truth,
        settings,
        reference,
        enumerate: exact.enumerate,
        random: randomFor(settings.seed, "rankings", track.slug, source, type),
      });
      reference ??= values;
      const described = { type, separator, track: track.slug, source, segment, verified };
      cases.push({ model: kind, ...described, truth: [...truth], ...explanation });
    }
  }
  return cases;
}

async function* questionsOf(input: PlantCasesInput): AsyncGenerator<Question> {
  const { track, models, settings, exact } = input;
  const { segments, separators } = settings;
  const tableBuilders = new Map<SeparatorName, Question["tableOf"]>();
  for (const separator of separators) {
    const named = { separator, audioSha256: nameHash(track.slug) };
    const { runtime } = exact;
    const stems = { mix: null, stems: track.stems, needsSources: true };
    const sound = await snippetSources({ ...named, ...stems, runtime });
    tableBuilders.set(
      separator,
      await createTableBuilder(input, { ...named, sound, type: "time+source" }),
    );
  }
  for (const [source, name] of track.sources.entries()) {
    const active = track.active[name]!.flatMap((sounds, segment) => (sounds ? [segment] : []));
    if (active.length === 0) continue;
    const planted = models.planted[source]!;
    // Only true stems show which source a listener responds to.
    const whole = await tableBuilders.get("stems")!(planted);
    const verified = isVerified(whole, planted, "source", source, exact);
    for (const separator of separators) {
      const common = {
        separator,
        source,
        segment: null,
        verified,
        tableOf: tableBuilders.get(separator)!,
      };
      yield { ...common, type: "source", truth: [source] };
      const truth = active.map((segment) => segment * track.sources.length + source);
      yield { ...common, type: "time+source", truth };
    }
    const random = randomFor(settings.seed, "segment", track.slug, name);
    const segment = active[random.randint(0, active.length)]!;
    const mix = mixWithSourceOnlyIn(track, { source: name, segment, segments });
    const named = {
      separator: DEFAULT_SEPARATOR,
      audioSha256: nameHash(track.slug, name, segment),
    };
    const sound = await snippetSources({
      ...named,
      runtime: exact.runtime,
      mix,
      stems: null,
      needsSources: false,
    });
    const tableOf = await createTableBuilder(input, { ...named, sound, type: "time" });
    yield {
      type: "time",
      separator: null,
      source,
      segment,
      truth: [segment],
      verified: isVerified(await tableOf(planted), planted, "time", segment, exact),
      tableOf,
    };
  }
}

function isVerified(
  table: ResponseTable,
  model: ModelPackage,
  type: ExplanationType,
  component: number,
  { enumerate }: ExactEngine,
): boolean {
  const view = viewTable(foldTable(table, model.head!), type, enumerate);
  return respondsTo(component, view.components, view.relevanceOf);
}

/** Stands in for the hash of an audio file; the tables that it names die with the engine. */
function nameHash(...name: (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(name)).digest("hex");
}

/** Returns a function that builds the tables of one sound, once per encoder. */
async function createTableBuilder(
  { exact, settings, signal }: PlantCasesInput,
  cut: Pick<TableRequest, "sound" | "separator" | "audioSha256" | "type">,
): Promise<Question["tableOf"]> {
  const heard = heardSound(cut.sound, DEFAULT_FRONT_END, exact.runtime);
  const built = new Map<string, ResponseTable>();
  return async (model) => {
    const key = model.manifest.encoderVersion!;
    const existing = built.get(key);
    if (existing) return existing;
    const toEnumerate = cut.type === "time+source";
    const { segments } = settings;
    const result = await exact.tableOf({ ...cut, model, heard, segments, toEnumerate, signal });
    if (!result.applies) throw new InputError(`no response table: ${result.reason}`);
    built.set(key, result.table);
    return result.table;
  };
}
