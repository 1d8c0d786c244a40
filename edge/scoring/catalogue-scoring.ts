import { DurableObject } from "cloudflare:workers";
export class CatalogueScoring extends DurableObject<Env> {}
