/** Every string that the player shows, so that another language is one more table. */
const ENGLISH = {
  "audio.play": "Play {title}",
  "audio.pause": "Pause {title}",
  "audio.position": "Position in {title}",
  "audio.time": "{current} of {total}",
  "audio.loading": "Loading …",
  "audio.rendering": "Rendering what you will hear …",
  "audio.failed": "This audio could not be loaded: {reason}",
  "audio.retry": "Load again",
  "explanation.start": "Explain",
  "explanation.starting": "Asking for an explanation …",
  "explanation.hint":
    "It takes a few seconds. Then it is kept, and the other ways to explain this track are there at once.",
  "explanation.progress": "Progress of the explanation",
  "explanation.ready": "The explanation is ready.",
  "explanation.failed": "The explanation could not be computed.",
  "explanation.unseen": "The explanation is ready, but it could not be shown.",
  "explanation.retry": "Try again",
  "explanation.attempt": "Attempt {attempt}, after: {reason}",
  "phase.queued": "Waiting for a free place",
  "phase.waiting": "Waiting for the worker",
  "phase.fetching": "Fetching the track and the model",
  "phase.decoding": "Decoding the audio",
  "phase.separating": "Taking the track apart into its sources",
  "phase.scoring": "Asking the model about the track with parts left out",
  "phase.fitting": "Working out which parts speak for it",
  "phase.storing": "Rendering what you will hear",
  "phase.count": "{done} of {total}",
  "problem.network": "The server could not be reached. Check the connection and try again.",
  "problem.status": "The server answered with status {status}.",
  "problem.audio": "the server answered with status {status}",
  "problem.decode": "the browser cannot decode it",
  "problem.unknown": "No reason was given.",
} as const;

/** Key of a visible string. */
export type WordKey = keyof typeof ENGLISH;

/** The visible string of a key, with `{name}` replaced by the value of that name. */
export function t(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return ENGLISH[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
