/** Deletes every object whose key has a prefix. The list comes in pages, and shrinks as they are deleted. */
export async function deleteByPrefix(bucket: R2Bucket, prefix: string): Promise<void> {
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix });
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    if (!truncated) return;
  }
}
