import { z } from "zod";

/**
 * Shape of the fully convolutional network (Choi, Fazekas and Sandler, "Automatic tagging using
 * deep convolutional neural networks", ISMIR 2016, as LEMONS uses it): normalised log-mel bands,
 * one block of convolution 3 x 3, batch normalisation, ReLU and 2 x 2 max pooling for each entry of
 * `channels`, mean and maximum over bands and time, dropout, one linear head a listener.
 */
export const Architecture = z.strictObject({
  bands: z.int().min(1).max(1024).default(256),
  channels: z.array(z.int().min(1).max(1024)).min(1).max(8).default([64, 128, 128, 128, 64]),
  dropout: z.number().min(0).lt(1).default(0.5),
  heads: z.int().min(1).max(100_000).default(1).describe("listeners trained together"),
});
export type Architecture = z.infer<typeof Architecture>;
