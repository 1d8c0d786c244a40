import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { EngineVerdict } from "../engine/response-table/columns/analyse.ts";
import { blocksOf } from "../engine/response-table/columns/blocks.ts";
import {
  afterWindow,
  ONE_FRAME,
  type ReceptiveField,
  secondsOf,
} from "../engine/response-table/columns/windows.ts";

/** What one operator of a block gives, and what its columns see of the spectrogram. */
interface OperatorFacts extends ReceptiveField {
  operator: string;
  channels: number;
  bands: number;
  seconds: number;
}

/** What the exact engine makes of a model, for programs. */
export type InspectionFacts =
  | { applies: false; code: string; reason: string }
  | {
      applies: true;
      blocks: OperatorFacts[][];
      receptiveField: ReceptiveField & { seconds: number };
    };

/** Blocks and, for the result of each operator, stride, halo and receptive field in time. */
export function inspectionFacts(verdict: EngineVerdict, frontEnd: FrontEnd): InspectionFacts {
  if (!verdict.applies) return verdict;
  let field = ONE_FRAME;
  const seconds = () => secondsOf(field.frames, frontEnd);
  const blocks = blocksOf(verdict.trunk).map(({ convolution, pools }) =>
    [convolution, ...pools].flatMap(({ operator, shape }) => {
      if (!operator) return [];
      field = afterWindow(field, operator.time);
      return [{ operator: operator.kind, ...shape, ...field, seconds: seconds() }];
    }),
  );
  return { applies: true, blocks, receptiveField: { ...field, seconds: seconds() } };
}
