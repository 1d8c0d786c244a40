import { DurableObject } from "cloudflare:workers";
export class ExplanationJob extends DurableObject<Env> {}
