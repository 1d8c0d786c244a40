// The custom elements of edge/player, as the server writes them.
import "hono/jsx";

declare module "hono/jsx" {
  namespace JSX {
    interface IntrinsicElements {
      "lemons-audio": JSX.HTMLAttributes & {
        src: string;
        label: string;
        seconds: number;
        peaks?: string;
        highlight?: boolean;
        "sample-rate"?: number;
        "encoder-delay-samples"?: number;
        samples?: number;
      };
      "lemons-explanation": JSX.HTMLAttributes & {
        listener: string;
        track: string;
        type: string;
        regions: string;
        running?: boolean | undefined;
      };
      "lemons-admin": JSX.HTMLAttributes;
      "lemons-scoring": JSX.HTMLAttributes & { region: string };
    }
  }
}
