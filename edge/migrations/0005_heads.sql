-- The pooled features of silence: a negative example of every fitted head. Documented in docs/storage.md.
ALTER TABLE encoders ADD COLUMN silence BLOB;
