import { z } from "zod";

/** Control characters, line and paragraph separators, bidirectional overrides, and lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** The same for JSON Schema, as far as every engine's regular expressions agree. */
const PRINTABLE = "[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]";
const PATTERN = `^${PRINTABLE}*\\S${PRINTABLE}*$`;

/** One line of text for people, such as a title: trimmed, not empty, and printable. */
export const lineOfText = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine((text) => !UNPRINTABLE.test(text), {
      message: "must not contain control characters or lone surrogates",
    })
    .meta({ pattern: PATTERN });
