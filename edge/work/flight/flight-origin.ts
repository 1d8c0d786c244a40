import { z } from "zod";
import { Payer } from "../../access/payer.ts";

/** The request that started a run. */
export const FlightOrigin = z.object({
  /** Goes with every request to the gpu-worker, and so into its log. */
  requestId: z.string(),
  /** Null where nobody is charged: what the service does of its own accord. */
  payer: Payer.nullable(),
});
export type FlightOrigin = z.infer<typeof FlightOrigin>;

/** Of work that is part of another: it is charged to the same payer, who holds the reservation on. */
export const partOf = ({ requestId, payer }: FlightOrigin): FlightOrigin => ({
  requestId,
  payer: payer && { ...payer, holds: false },
});

/** Work that no request asks for. */
export const ownAccord = (): FlightOrigin => ({ requestId: crypto.randomUUID(), payer: null });
