// The custom elements of edge/player that pages render.
import "hono/jsx";

declare module "hono/jsx" {
  namespace JSX {
    interface IntrinsicElements {
      "lemons-audio": JSX.HTMLAttributes & {
        src: string;
        label: string;
        seconds: number;
        peaks?: string;
        compact?: boolean;
      };
      "lemons-explanation": JSX.HTMLAttributes & {
        listener: string;
        track: string;
        type: string;
        regions: string;
        running?: boolean | undefined;
      };
      "lemons-admin": JSX.HTMLAttributes;
      "lemons-delete-song": JSX.HTMLAttributes & { track: string; label: string };
      "lemons-embed": JSX.HTMLAttributes & { private?: boolean | undefined };
      "lemons-player": JSX.HTMLAttributes & {
        "data-compared"?: boolean;
        "data-start"?: number | undefined;
        "data-parts"?: string | undefined;
        explanation?: string;
        link?: string | undefined;
        service?: string;
        view?: string | undefined;
        theme?: string | undefined;
        controls?: string | undefined;
        plain?: boolean;
        remember?: boolean;
      };
      "lemons-upload": JSX.HTMLAttributes & { "data-max-bytes": number };
      "lemons-scoring": JSX.HTMLAttributes & { region: string };
    }
  }
}
