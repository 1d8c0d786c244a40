/** Words and openings that we don't use in prose, and what to write instead. */
export const UNWANTED: readonly { pattern: RegExp; instead: string }[] = [
  {
    pattern: /\b(?:whoever|whomever|nobody|somebody|anybody|everybody|whom)\b/i,
    instead: "name the actor: the caller, the owner, the listener, the worker",
  },
  {
    pattern: /^\s*(?:\/\*\*|\*)\s+(?:What|Whether|Who|Whose|Says|Tells|Sees to|Told|Asked)\b/,
    instead: "start a doc comment with a verb or a noun phrase: Returns…, The table of…",
  },
  {
    pattern: /@(?:returns|throws|param)\b[^.]*\bwhere (?:it|there|the|a|an|no|nothing|that|they)\b/,
    instead: 'write "if"; "where" is for places',
  },
  {
    pattern: /\b(?:null|undefined|true|false|nothing) where\b/,
    instead: 'write "if"; "where" is for places',
  },
  {
    pattern: /\bwhere (?:there (?:is|are|was)|it (?:is|has) (?:not|no)|none|nothing)\b/,
    instead: 'write "if"; "where" is for places',
  },
  {
    pattern:
      /\bof which\b|\bnot any more\b|\bthe same where\b|\bthat is (?:there|gone) meanwhile\b/i,
    instead: "say it in two plain sentences",
  },
];
